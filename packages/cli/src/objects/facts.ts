// Programs, maps and links as their documents have them.
import type { HeldBy, Json, ListedLink, ListedMap, ListedProgram } from "@typebpf/loader";
import type { LinksDocument, MapsDocument, ProgramsDocument } from "../json/object-documents.ts";

function heldBy({ holders, pins }: HeldBy) {
  return { holders: holders.map(({ pid, command }) => ({ pid, command })), pins: [...pins] };
}

/** A program. */
export function programFacts(program: ListedProgram): ProgramsDocument["programs"][number] {
  const { id, type, name, tag, loadedAt, uid, xlatedBytes, jitedBytes, memoryBytes = null } = program;
  const { verifiedInsns, mapIds, btfId, runCount, runTimeNs, recursionMisses } = program;
  return {
    ...{ id, type, name, tag, loadedAt: loadedAt.toISOString(), uid, xlatedBytes, jitedBytes, memoryBytes },
    ...{ verifiedInsns, maps: [...mapIds], btf: btfId, runCount: `${runCount}`, runTimeNs: `${runTimeNs}` },
    recursionMisses: `${recursionMisses}`,
    ...heldBy(program),
  };
}

/** A map. */
export function mapFacts(map: ListedMap): MapsDocument["maps"][number] {
  const { id, type, name, keySize, valueSize, maxEntries, flags, memoryBytes = null, frozen, btf } = map;
  return {
    ...{ id, type, name, keySize, valueSize, maxEntries, flags, memoryBytes, frozen, btf: btf.object },
    ...heldBy(map),
  };
}

/** A link with the name of its program. */
export function linkFacts(link: ListedLink, programName: string): LinksDocument["links"][number] {
  const { id, type, programId, place = null, target } = link;
  const fields = Object.entries(target).map(([name, value]): [string, Json] => [
    name,
    typeof value === "bigint" ? `${value}` : value,
  ]);
  return { id, type, program: programId, programName, place, target: Object.fromEntries(fields), ...heldBy(link) };
}
