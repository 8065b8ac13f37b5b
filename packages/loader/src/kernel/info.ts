// What the kernel knows about loaded programs and links (BPF_OBJ_GET_INFO_BY_FD), and the search for the program that
// holds an attachment point. Ids belong to the whole machine and may vanish between two calls: then there is no answer.
import { uapi } from "@typebpf/abi";
import { Attr, attrLayouts } from "./attr.ts";
import type { Sys } from "./sys.ts";

/** Facts about a loaded program. */
export interface ProgramInfo {
  readonly id: number;
  /** At most 15 bytes. */
  readonly name: string;
  /** Instructions that the verifier followed, all paths together; 0 before Linux 5.16. */
  readonly verifiedInsns: number;
}

/** Facts about a link; `ifindex` is that of an XDP link, 0 once its interface is gone. */
export interface LinkInfo {
  readonly id: number;
  readonly type: number;
  readonly programId: number;
  readonly ifindex: number;
}

type InfoLayout = typeof attrLayouts.programInfo | typeof attrLayouts.linkInfo | typeof attrLayouts.mapInfo;

function readInfo<L extends InfoLayout>(sys: Sys, fd: number, layout: L): Attr<L> | undefined {
  const info = new Attr(sys, layout);
  const attr = new Attr(sys, attrLayouts.objectInfo);
  attr.set("bpf_fd", fd).set("info_len", layout.size).set("info", info.memory);
  return attr.call(uapi.command.OBJ_GET_INFO_BY_FD) < 0 ? undefined : info;
}

/** Facts about the program behind a descriptor. */
export function programInfo(sys: Sys, fd: number): ProgramInfo | undefined {
  const info = readInfo(sys, fd, attrLayouts.programInfo);
  return info && { id: info.get("id"), name: info.text("name"), verifiedInsns: info.get("verified_insns") };
}

/** The id of the map behind a descriptor; undefined where it is none. */
export function mapId(sys: Sys, fd: number): number | undefined {
  return readInfo(sys, fd, attrLayouts.mapInfo)?.get("id");
}

/** A descriptor of the map with this id, or a negative errno. */
export function openMap(sys: Sys, id: number): number {
  return new Attr(sys, attrLayouts.byId).set("start_id", id).call(uapi.command.MAP_GET_FD_BY_ID);
}

/** Facts about the link behind a descriptor. */
export function linkInfo(sys: Sys, fd: number): LinkInfo | undefined {
  const info = readInfo(sys, fd, attrLayouts.linkInfo);
  if (!info) return undefined;
  return {
    id: info.get("id"),
    type: info.get("type"),
    programId: info.get("prog_id"),
    ifindex: info.get("xdp.ifindex"),
  };
}

function withId<T>(sys: Sys, command: number, id: number, use: (fd: number) => T | undefined): T | undefined {
  const fd = new Attr(sys, attrLayouts.byId).set("start_id", id).call(command);
  if (fd < 0) return undefined;
  try {
    return use(fd);
  } finally {
    sys.close(fd);
  }
}

/** The name of the program with this id, if it still exists. */
export function programName(sys: Sys, id: number): string | undefined {
  return withId(sys, uapi.command.PROG_GET_FD_BY_ID, id, (fd) => programInfo(sys, fd)?.name);
}

/** The XDP link on the interface that runs this program; undefined when it is attached without a link. */
export function findXdpLink(sys: Sys, ifindex: number, programId: number): LinkInfo | undefined {
  const attr = new Attr(sys, attrLayouts.byId);
  while (attr.call(uapi.command.LINK_GET_NEXT_ID) >= 0) {
    const id = attr.get("next_id");
    const info = withId(sys, uapi.command.LINK_GET_FD_BY_ID, id, (fd) => linkInfo(sys, fd));
    if (info?.type === uapi.linkType.XDP && info.ifindex === ifindex && info.programId === programId) return info;
    attr.set("start_id", id);
  }
  return undefined;
}
