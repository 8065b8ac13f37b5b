// The part of the kernel back end's catalogue that is about the kernel's own types: BPF6270-6279.
import type { DiagnosticRow } from "@typebpf/abi";

/** Diagnostics of programs that name functions and types of the kernel. */
export const btfDiagnostics = {
  noKernelTypes: {
    code: "BPF6270",
    severity: "error",
    title: "the running kernel does not describe its types",
    explain:
      "Programs with typed arguments, security hooks, iterators and tables of functions are checked against the kernel's BTF, which it shows as /sys/kernel/btf/vmlinux.",
    help: "use a kernel with CONFIG_DEBUG_INFO_BTF=y, and mount sysfs",
  },
  unknownTarget: {
    code: "BPF6271",
    severity: "error",
    title: "the kernel has no such place for a program",
    explain:
      "Functions, tracepoints, security hooks, iterators and tables of functions are found by name in the types of the running kernel. What is inlined, or was renamed, is not there.",
    help: "check the name: bpftool btf dump file /sys/kernel/btf/vmlinux",
  },
  tracingDenied: {
    code: "BPF6272",
    severity: "error",
    title: "the kernel does not let this process trace",
    explain:
      "Programs on functions of the kernel and security hooks need CAP_PERFMON or CAP_MAC_ADMIN beside CAP_BPF, and some kernels refuse them to everybody (EPERM before the verifier runs).",
    help: "run as root on a kernel that is not locked down, or in a guest: tracepoints (tpBtf) often work where these do not",
  },
  noReplaced: {
    code: "BPF6273",
    severity: "error",
    title: "there is no program to replace a function of",
    explain: "An extension is verified against the program whose function it replaces, so that must be loaded first.",
    help: "give its id: kernel({ replaces: { NAME: ID } })",
  },
  noPlaceInKernel: {
    code: "BPF6274",
    severity: "error",
    title: "a type of the kernel has not the member that the program uses",
    explain:
      "Offsets of members are filled in from the types of the running kernel when a program is loaded. Members come and go between releases.",
    help: "check the declaration: bpftool btf dump file /sys/kernel/btf/vmlinux format c",
  },
  unknownKernelFunction: {
    code: "BPF6275",
    severity: "error",
    title: "the kernel has no such function for programs",
    explain: "Kernel functions that programs call are found by name in the types of the running kernel.",
    help: "see since when the function exists, and load on a kernel that has it",
  },
  noDevice: {
    code: "BPF6277",
    severity: "error",
    title: "the program must be loaded for one network device",
    explain:
      "What a device tells of a packet (metadata) is read by functions of its driver, so the kernel verifies the program for that device alone: it runs nowhere else, and only in the driver (native).",
    help: 'say which device: kernel({ device: "eth0" })',
  },
  iteratorRead: {
    code: "BPF6276",
    severity: "error",
    title: "the iterator cannot be read",
    explain: "Reading an iterator runs its program for each object and gives what it writes.",
    help: "see the note for what the kernel reported",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
