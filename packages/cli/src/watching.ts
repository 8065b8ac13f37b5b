// Waits for changes of files, in rounds: all that happens until the next `changed()` is one change. Files may be missing,
// come, go, and be replaced by editors that write another file and rename it. Now and then the files are looked at as well,
// for what the system does not tell: on network file systems, and while a watch is being set up.
import { statSync } from "node:fs";
import { type FSWatcher, watch } from "chokidar";

/** Changes that follow each other so closely are one. */
const quietMs = 20;
const lookMs = 1000;

/** What changes when a file does; "" where there is none that can be seen. */
function stampOf(file: string): string {
  try {
    const { ino, mtimeNs, size } = statSync(file, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch {
    return "";
  }
}

/** Watches a set of files that grows. */
export class Watching implements AsyncDisposable {
  readonly #watcher: FSWatcher;
  readonly #stamps = new Map<string, string>();
  readonly #looking: NodeJS.Timeout;
  #dirty = false;
  #quiet: NodeJS.Timeout | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    this.#watcher = watch([], { ignoreInitial: true });
    this.#watcher.on("all", () => this.#note());
    // A watch that cannot be had (there are too many) leaves the looking.
    this.#watcher.on("error", () => undefined);
    this.#looking = setInterval(() => this.#look(), lookMs);
  }

  #note(): void {
    this.#dirty = true;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#wake(), quietMs);
  }

  #look(): void {
    for (const [file, stamp] of this.#stamps) if (stampOf(file) !== stamp) this.#note();
    this.#stamp();
  }

  #stamp(): void {
    for (const file of this.#stamps.keys()) this.#stamps.set(file, stampOf(file));
  }

  /** Watches these files as well. */
  add(files: readonly string[]): void {
    for (const file of files) this.#stamps.set(file, stampOf(file));
    this.#watcher.add([...files]);
  }

  /** Resolves when something has changed since the last time. */
  async changed(): Promise<void> {
    if (!this.#dirty) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#dirty = false;
    this.#stamp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#quiet);
    clearInterval(this.#looking);
    await this.#watcher.close();
  }
}
