// The search for a name that was meant, of the package that makes diagnostics.
export { nearest } from "@typebpf/abi";
