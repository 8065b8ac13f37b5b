// `typebpf attach FILE --interface IF`: loads a program into the kernel and attaches it until Ctrl-C, a signal or the end of
// --duration. On a terminal the maps are shown live, else once at the end. The kernel detaches by itself if we die.
import type { Command, Terminal } from "../command.ts";
import { type CompileSettings, openFilter } from "../input/filter.ts";
import { type AttachDocument, attachDocument } from "../json/documents.ts";
import { type AnyLoaded, chooseProgram, loadInto, objectOf, programOf } from "../loading.ts";
import { mapDocuments } from "../map-access.ts";
import { formatMaps } from "../output/maps.ts";

/** Arguments of `attach`. */
export interface AttachArguments extends CompileSettings {
  readonly file: string;
  readonly program?: string | undefined;
  /** Name or index. */
  readonly interface: string;
  readonly mode?: "native" | "generic" | undefined;
  /** Seconds; without it until a signal comes. */
  readonly duration?: number | undefined;
}

const refreshMs = 1000;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for signals that ask us to end; from before anything is attached, so that none is missed. */
function listen(): Disposable & { readonly told: Promise<void> } {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  for (const signal of signals) process.on(signal, tell);
  return {
    told,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.removeListener(signal, tell);
    },
  };
}

/** Resolves when told to end, or after `seconds`. */
async function wait(told: Promise<void>, seconds: number | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    // A timer keeps the process alive; waiting for a signal alone would not.
    timer = seconds === undefined ? setInterval(() => undefined, 1 << 30) : setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([told, over]);
  clearTimeout(timer);
}

/** Redraws the maps every second; gives what ends that and leaves the terminal below them. */
function showLive(loaded: AnyLoaded, { liveRows, styles, print }: Terminal): () => void {
  if (liveRows === 0) return () => undefined;
  let lines = 0;
  const draw = (): void => {
    const shown = formatMaps(loaded.maps, styles)
      .split("\n")
      .slice(0, Math.max(1, liveRows - 1));
    const back = lines > 0 ? `\u001b[${lines}A\u001b[J` : "";
    lines = shown.length;
    print(`${back}${shown.join("\n")}\n`);
  };
  draw();
  const timer = setInterval(draw, refreshMs);
  return () => {
    clearInterval(timer);
    if (lines > 0) print(`\u001b[${lines}A\u001b[J`);
  };
}

/** `typebpf attach` */
export const attach: Command<AttachArguments, AttachDocument> = {
  schema: attachDocument,
  empty: () => ({ backend: "kernel", link: null, maps: {} }),
  async run({ file, program, interface: device, mode, duration, ...settings }, terminal) {
    const filter = await openFilter(file, settings);
    const object = objectOf(filter);
    const name = chooseProgram(object, program);
    using ending = listen();
    using loaded = await loadInto(object, true);
    const target = /^\d+$/.test(device) ? Number(device) : device;
    using link = programOf(loaded, name).attach({ interface: target, ...(mode && { mode }) });
    const { id, description } = link;
    const until = duration === undefined ? "Ctrl-C detaches it" : `for ${duration} s`;
    terminal.print(`${terminal.styles.title(name)} is attached: ${description}; ${until}\n`);
    const stop = showLive(loaded, terminal);
    await wait(ending.told, duration);
    stop();
    link.detach();
    return {
      body: { backend: "kernel", link: { id, description }, maps: terminal.json ? mapDocuments(loaded.maps) : {} },
      text: `${formatMaps(loaded.maps, terminal.styles)}\ndetached\n`,
      diagnostics: filter.diagnostics,
      filters: [filter],
    };
  },
};
