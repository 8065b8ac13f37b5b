// What a kernel can do, by the first release that can: the feature gate of the compiler and the reasons it gives. A
// helper's, a map type's, a program type's and a context field's own release stands in its row, not here.

/** One ability of the kernel. */
export interface FeatureRow {
  /** First release that has it. */
  readonly since: string;
  /** What it is, as a report names it. */
  readonly doc: string;
}

export const features = {
  isaV1: { since: "3.18", doc: "the base instruction set" },
  isaV2: { since: "4.14", doc: "the jumps jlt, jle, jslt and jsle" },
  isaV3: { since: "5.1", doc: "32-bit jumps" },
  isaV4: { since: "6.6", doc: "signed division, sign-extending moves and loads, bswap and gotol" },
  atomics: { since: "5.12", doc: "atomics other than an add without result" },
  loadAcquire: { since: "6.15", doc: "load-acquire and store-release" },
  mayGoto: { since: "6.9", doc: "may_goto" },
  addressSpaceCast: { since: "6.9", doc: "addr_space_cast" },
  subprograms: { since: "4.16", doc: "functions that are not inlined" },
  tailCallsWithSubprograms: { since: "5.10", doc: "tail calls in programs with functions" },
  boundedLoops: { since: "5.3", doc: "loops that are not unrolled" },
  fallingLoops: { since: "6.7", doc: "loops that are closed by falling into their first block" },
  largePrograms: { since: "5.2", doc: "programs of more than 4096 instructions" },
  callbackLoops: { since: "5.17", doc: "bpf_loop" },
  openIterators: { since: "6.4", doc: "open-coded iterators" },
  kernelFunctions: { since: "5.13", doc: "calls of kernel functions" },
  globals: { since: "5.2", doc: "global variables and load-time constants" },
  programNames: { since: "4.15", doc: "names of programs and maps" },
  btf: { since: "4.18", doc: "BTF" },
  lineInfo: { since: "5.0", doc: "line information" },
  testRun: { since: "4.12", doc: "BPF_PROG_TEST_RUN" },
  xdpTestContext: { since: "5.14", doc: "a context for test runs of XDP programs" },
  xdpLinks: { since: "5.9", doc: "attaching XDP programs by a link" },
  sleepable: { since: "5.10", doc: "programs that may sleep" },
  xdpFragments: { since: "5.18", doc: "XDP programs that accept packets in fragments" },
  mapBatches: { since: "5.6", doc: "batched map operations" },
  capBpf: { since: "5.8", doc: "the capability CAP_BPF" },
} as const satisfies Readonly<Record<string, FeatureRow>>;

/** The name of a feature. */
export type FeatureName = keyof typeof features;

/** The kernel that objects are for when nothing else is said. */
export const defaultKernel = "6.1";

/** Versions of the instruction set, newest first. */
const isaVersions = [
  [4, features.isaV4],
  [3, features.isaV3],
  [2, features.isaV2],
] as const;

function parts(kernel: string): readonly [major: number, minor: number] | undefined {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?:[.\-+].*)?$/.exec(kernel) ?? [];
  return major !== undefined && minor !== undefined ? [Number(major), Number(minor)] : undefined;
}

/** True for what names a kernel release: "6.1", "5.15.3", "6.1.0-56-amd64". */
export function isKernelRelease(text: string): boolean {
  return parts(text) !== undefined;
}

/**
 * Negative, zero or positive as the first kernel release is older than, the same as or newer than the second; only
 * major and minor numbers count. Throws on text that is no release: check user input with `isKernelRelease` first.
 */
export function compareKernels(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  if (!a || !b) throw new Error(`features: "${a ? right : left}" is not a kernel release`);
  return a[0] - b[0] || a[1] - b[1];
}

/** True when the kernel release has the feature. */
export function hasFeature(kernel: string, feature: FeatureName): boolean {
  return compareKernels(kernel, features[feature].since) >= 0;
}

/** The newest instruction set that the kernel release runs. */
export function isaOf(kernel: string): 1 | 2 | 3 | 4 {
  return isaVersions.find(([, row]) => compareKernels(kernel, row.since) >= 0)?.[0] ?? 1;
}
