// Commands that go on until they are told to end: by Ctrl-C, by a signal, or when a time is over. Ending so is no error.

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Listens for signals that ask us to end. */
export interface Ending extends Disposable {
  /** Resolves when told to. */
  readonly told: Promise<void>;
  /** Resolves when told to end, or after `seconds`. */
  wait(seconds: number | undefined): Promise<void>;
}

/** Starts to listen: before anything is begun that must be ended, so that no signal is missed. */
export function listenForEnd(): Ending {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  for (const signal of signals) process.on(signal, tell);
  let timer: NodeJS.Timeout | undefined;
  return {
    told,
    async wait(seconds) {
      const over = new Promise<void>((resolve) => {
        // A timer keeps the process alive; waiting for a signal alone would not.
        timer = seconds === undefined ? setInterval(() => undefined, 1 << 30) : setTimeout(resolve, seconds * 1000);
      });
      await Promise.race([told, over]);
      clearTimeout(timer);
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const signal of signals) process.removeListener(signal, tell);
    },
  };
}

/** Has `action` done when the process exits before the result is disposed. */
export function atExit(action: () => void): Disposable {
  process.on("exit", action);
  return { [Symbol.dispose]: () => void process.removeListener("exit", action) };
}
