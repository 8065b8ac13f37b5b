// Which maps the kernel would not create, by the rows of the map types: the *_alloc_check functions and map_create of
// kernel/bpf (Linux 6.12).
import {
  isRingSize,
  MAX_PREFIX_ADDRESS,
  type MapSpec,
  type MapTypeRow,
  mapCreateFlags,
  mapTypes,
  pageBytes,
} from "@typebpf/abi";

function why(fits: boolean, reason: string): string | undefined {
  return fits ? undefined : reason;
}

function entriesProblem({ maxEntries }: MapSpec, { counts, records, holds }: MapTypeRow): string | undefined {
  if (counts === "none") return why(maxEntries === 0, "its maxEntries must be 0");
  // One event for each CPU.
  if (holds === "perfEvent" && maxEntries === 0) return undefined;
  if (maxEntries < 1) return "maxEntries must be at least 1";
  if (!records) return undefined;
  return why(isRingSize(maxEntries), `its maxEntries must be a power of two from ${pageBytes} on`);
}

function keyProblem({ key }: MapSpec, { keys, keySizes }: MapTypeRow): string | undefined {
  if (keys === "none") return undefined;
  if (keys === "index") return why(key.size === 4, "its key must be a u32");
  if (keys === "prefix") {
    const fits = key.size >= 5 && key.size <= 4 + MAX_PREFIX_ADDRESS;
    return why(fits, `its key must be a prefix length of 4 bytes and an address of 1 to ${MAX_PREFIX_ADDRESS}`);
  }
  if (keySizes) return why(keySizes.includes(key.size), `its key must have ${keySizes.join(" or ")} bytes`);
  return why(key.size >= 1, "keys and values have at least one byte");
}

function valueProblem({ value }: MapSpec, row: MapTypeRow): string | undefined {
  const { valueSizes, valueMultiple = 1, records, counts } = row;
  // Objects of other compilers do not say what the records are; pages have no values.
  if (records || counts === "pages") return undefined;
  if (valueSizes) return why(valueSizes.includes(value.size), `its value must have ${valueSizes.join(" or ")} bytes`);
  if (value.size < 1) return "keys and values have at least one byte";
  return why(value.size % valueMultiple === 0, `the size of its value must be a multiple of ${valueMultiple}`);
}

/** Flags of which there can be one: for user space (bpf_get_file_flag) and for programs (bpf_map_flags_access_ok). */
const oneSided = [
  mapCreateFlags.RDONLY | mapCreateFlags.WRONLY,
  mapCreateFlags.RDONLY_PROG | mapCreateFlags.WRONLY_PROG,
];

/** Why the kernel would not create a map, as far as it depends on its type. */
export function whyNoMap(spec: MapSpec): string | undefined {
  const row: MapTypeRow = mapTypes[spec.type];
  const { requiredFlags = 0, refusedFlags = 0, inner } = row;
  const problem = entriesProblem(spec, row) ?? keyProblem(spec, row) ?? valueProblem(spec, row);
  if (problem !== undefined) return problem;
  if ((spec.flags & requiredFlags) !== requiredFlags) return `its flags must have ${requiredFlags}`;
  const refused = (spec.flags & refusedFlags) >>> 0;
  if (refused !== 0) return `its flags cannot have ${refused}`;
  if (oneSided.some((both) => (spec.flags & both) === both)) return "somebody must be able to read it, and to write it";
  return inner && !spec.inner ? "nothing says what the maps in it are like" : undefined;
}
