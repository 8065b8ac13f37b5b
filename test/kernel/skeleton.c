/* A user of a skeleton of `bpftool gen skeleton`: loads the object; with an interface's index attaches the program "drop",
 * waits until its input ends, and prints what the program has counted. */
#include <stdio.h>
#include <stdlib.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "filter.skel.h"

#ifdef ATTACH
static int attach(struct filter *skel, int ifindex)
{
	struct bpf_link *link = bpf_program__attach_xdp(skel->progs.drop, ifindex);
	unsigned int key = 0;
	unsigned long long count = 0;

	if (!link)
		return 2;
	puts("attached");
	fflush(stdout);
	while (getchar() != EOF)
		;
	bpf_map_lookup_elem(bpf_map__fd(skel->maps.counts), &key, &count);
	printf("%llu %u %u\n", count, skel->bss->dropped, skel->rodata->settings_limit);
	bpf_link__destroy(link);
	return 0;
}
#endif

int main(int argc, char **argv)
{
	struct filter *skel = filter__open_and_load();
	int status = 0;

	if (!skel)
		return 1;
#ifdef ATTACH
	if (argc > 1)
		status = attach(skel, atoi(argv[1]));
#else
	(void)argc, (void)argv;
#endif
	filter__destroy(skel);
	return status;
}
