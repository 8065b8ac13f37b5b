// `typebpf attach FILE`: loads a program into the kernel and attaches it until Ctrl-C, a signal or the end of --duration.
// Maps are shown live on a terminal, else once at the end; records of ring buffers as they come. Links end with the process.
import { displayText } from "@typebpf/abi";
import type { AnyMapHandle, Link } from "@typebpf/loader";
import { type AttachSettings, attachOptionsOf } from "../attach-options.ts";
import type { Command, Terminal } from "../command.ts";
import { cliDiagnostic } from "../diagnostics.ts";
import { atExit, listenForEnd } from "../ending.ts";
import { fillMaps, type MapSources } from "../fill-maps.ts";
import { configOf, formatGlobals, globalDocuments } from "../globals.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type AttachDocument, attachDocument } from "../json/documents.ts";
import { LiveView } from "../live-view.ts";
import { type AnyLoaded, chooseProgram, loadInto, objectOf, programOf } from "../loading.ts";
import { mapDocuments } from "../map-access.ts";
import { formatMaps } from "../output/maps.ts";
import { counted } from "../output/style.ts";
import { openRecords, recordText, ringBuffers } from "../records.ts";

/** Arguments of `attach`. */
export interface AttachArguments extends CompileSettings, MapSources {
  readonly file: string;
  readonly program?: string | undefined;
  readonly where: AttachSettings;
  /** Seconds; without it until a signal comes. */
  readonly duration?: number | undefined;
}

/** What an attachment has seen. */
interface Seen {
  /** Number of records by ring buffer. */
  readonly records: ReadonlyMap<string, number>;
  /** Packets that a socket filter has let pass. */
  readonly packets: number | undefined;
  /** The program was detached by something else. */
  readonly lost: boolean;
}

/** How often it is looked whether the program is still attached. */
const lookMs = 500;

/** Resolves when the program is not attached any more. */
function watchLink(link: Link): Disposable & { readonly gone: Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<void>((resolve) => {
    timer = setInterval(() => link.attached?.() === false && resolve(), lookMs);
  });
  return { gone, [Symbol.dispose]: () => clearInterval(timer) };
}

function passedText(passed: number | undefined): string {
  return passed === undefined ? "" : `\n${counted(passed, "packet has", "packets have")} passed\n`;
}

function countPassed(link: Link): () => number | undefined {
  let passed = 0;
  return () => {
    const more = link.passed?.();
    if (more !== undefined) passed += more;
    return more === undefined ? undefined : passed;
  };
}

/** Shows maps and records until told to end, or for a time. */
async function show(loaded: AnyLoaded, link: Link, terminal: Terminal, over: Promise<void>): Promise<Seen> {
  const { styles } = terminal;
  const passed = countPassed(link);
  const records = new Map(ringBuffers(loaded.maps).map(({ name }) => [name, 0]));
  using view = new LiveView(
    terminal,
    () => passedText(passed()) + formatMaps(loaded.maps, styles) + formatGlobals(loaded, styles),
  );
  using reader = openRecords(loaded.maps, (map: AnyMapHandle, record) => {
    records.set(map.name, (records.get(map.name) ?? 0) + 1);
    view.print(`${styles.title(map.name)}  ${displayText(recordText(map, record))}\n`);
  });
  const following = reader.follow();
  using watch = watchLink(link);
  await Promise.race([over, watch.gone, following.then(() => over)]);
  const packets = passed();
  const lost = link.attached?.() === false;
  link.detach();
  reader.drain();
  reader[Symbol.dispose]();
  await following;
  return { records, packets, lost };
}

/** `typebpf attach` */
export const attach: Command<AttachArguments, AttachDocument> = {
  schema: attachDocument,
  empty: () => ({ backend: "kernel", link: null, maps: {} }),
  async run({ file, program, where, duration, maps, set, config, ...settings }, terminal) {
    const filter = await openFilter(file, settings);
    const object = objectOf(filter);
    const name = chooseProgram(object, program);
    const chosen = object.programs.find((one) => one.name === name);
    const options = attachOptionsOf(chosen?.type ?? "xdp", where);
    using ending = listenForEnd();
    using loaded = await loadInto(object, true, undefined, configOf(object, config));
    fillMaps(loaded, { maps, set });
    using link = programOf(loaded, name).attach(options);
    // A closed pipe or a mistake of ours may end the process at once; a clsact filter would stay.
    using _ = atExit(() => link.detach());
    const { id, description, warnings = [] } = link;
    const early = [...filter.diagnostics, ...warnings];
    terminal.report(early, [filter]);
    const until = duration === undefined ? "Ctrl-C detaches it" : `for ${duration} s`;
    terminal.print(`${terminal.styles.title(name)} is attached: ${description}; ${until}\n`);
    const { records, packets, lost } = await show(loaded, link, terminal, ending.wait(duration));
    const message = `${description}: ${name} is not attached any more`;
    const late = lost ? [cliDiagnostic("detached", { message })] : [];
    return {
      body: {
        backend: "kernel",
        link: { id, description },
        maps: terminal.json ? mapDocuments(loaded.maps) : {},
        ...(terminal.json && globalDocuments(loaded)),
        ...(records.size > 0 && { recordCounts: Object.fromEntries(records) }),
        ...(packets !== undefined && { passed: packets }),
      },
      text: `${passedText(packets)}${formatMaps(loaded.maps, terminal.styles)}${formatGlobals(loaded, terminal.styles)}\ndetached\n`,
      diagnostics: [...(terminal.json ? early : []), ...late],
      filters: [filter],
    };
  },
};
