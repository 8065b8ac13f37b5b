// `typebpf attach FILE`: loads a program into the kernel and attaches it until Ctrl-C, a signal or the end of --duration.
// Maps are shown live on a terminal, else once at the end; records of ring buffers as they come. Links end with the process.
import { displayText } from "@typebpf/abi";
import type { AnyMapHandle, Link } from "@typebpf/loader";
import { type AttachSettings, attachOptionsOf } from "../attach-options.ts";
import { PendingPins, pinLink } from "../attach-pins.ts";
import type { Command, Outcome, Terminal } from "../command.ts";
import { cliDiagnostic, cliError } from "../diagnostics.ts";
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
  /** Where to pin the link, which then stays attached. */
  readonly pin?: string | undefined;
  /** A folder of pinned maps, to use and to add to. */
  readonly pinMaps?: string | undefined;
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
  const take = (map: AnyMapHandle, record: Uint8Array): void => {
    records.set(map.name, (records.get(map.name) ?? 0) + 1);
    view.print(`${styles.title(map.name)}  ${displayText(recordText(map, record))}\n`);
  };
  using reader = openRecords(loaded.maps, take, ({ name }, count) => {
    view.print(`${styles.title(name)}  ${counted(count, "record was", "records were")} lost: its ring was full\n`);
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

/** Pins the link, and leaves it. */
function leave(link: Link, path: string, loaded: AnyLoaded, terminal: Terminal): Outcome<AttachDocument> {
  const pin = pinLink(link, path);
  const { id, description } = link;
  return {
    body: {
      backend: "kernel",
      link: { id, description },
      maps: terminal.json ? mapDocuments(loaded.maps) : {},
      pin: { path: pin.path },
    },
    text: `${description} is pinned at ${pin.path} and stays; to end it: typebpf links unpin ${pin.path}\n`,
    diagnostics: [],
    filters: [],
  };
}

/** Stays until the end, and tells what was seen. */
async function stay(
  loaded: AnyLoaded,
  link: Link,
  terminal: Terminal,
  over: Promise<void>,
): Promise<Outcome<AttachDocument>> {
  const { id, description } = link;
  const { records, packets, lost } = await show(loaded, link, terminal, over);
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
    diagnostics: lost ? [cliDiagnostic("detached", { message: `${description}: it is not attached any more` })] : [],
    filters: [],
  };
}

/** `typebpf attach` */
export const attach: Command<AttachArguments, AttachDocument> = {
  schema: attachDocument,
  empty: () => ({ backend: "kernel", link: null, maps: {} }),
  async run({ file, program, where, duration, maps, set, config, pin, pinMaps, ...settings }, terminal) {
    if (pin !== undefined && duration !== undefined)
      throw cliError("conflict", { message: "--pin leaves the program attached: --duration has no meaning there" });
    const filter = await openFilter(file, settings);
    const object = objectOf(filter);
    const name = chooseProgram(object, program);
    const chosen = object.programs.find((one) => one.name === name);
    const options = attachOptionsOf(chosen?.type ?? "xdp", where);
    using ending = listenForEnd();
    using loaded = await loadInto(object, true, undefined, configOf(object, config), pinMaps);
    using pending = new PendingPins(loaded.pins);
    fillMaps(loaded, { maps, set });
    using link = programOf(loaded, name).attach(options);
    // A closed pipe or a mistake of ours may end the process at once; a clsact filter would stay.
    using _ = atExit(() => link.detach());
    const { description, warnings = [] } = link;
    const early = [...filter.diagnostics, ...warnings];
    terminal.report(early, [filter]);
    const left = pin === undefined ? undefined : leave(link, pin, loaded, terminal);
    const mapPins = pinMaps === undefined ? {} : { mapPins: loaded.pins.map(({ path }) => path) };
    pending.keep();
    const until = duration === undefined ? "Ctrl-C detaches it" : `for ${duration} s`;
    terminal.print(`${terminal.styles.title(name)} is attached: ${description}${left ? "" : `; ${until}`}\n`);
    const { body, text, diagnostics } = left ?? (await stay(loaded, link, terminal, ending.wait(duration)));
    return {
      body: { ...body, ...mapPins },
      text,
      diagnostics: [...(terminal.json ? early : []), ...diagnostics],
      filters: [filter],
    };
  },
};
