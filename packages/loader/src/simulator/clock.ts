// Time and chance of the simulated machine. Both are deterministic unless the caller brings its own, so that a run can
// be repeated exactly.

/** Where the simulator takes the time from: nanoseconds since boot. */
export interface Clock {
  now(): bigint;
}

/** A clock that stands still but for what moves it. */
export interface VirtualClock extends Clock {
  /** Moves the clock on. */
  advance(nanoseconds: bigint): void;
  /** Sets the clock. */
  set(nanoseconds: bigint): void;
}

const SECOND = 1_000_000_000n;
const MICROSECOND = 1000n;

/** A clock that starts at `start` nanoseconds (default: one second) and goes `tick` on (default: 1 µs) at each reading. */
export function virtualClock(options: { readonly start?: bigint; readonly tick?: bigint } = {}): VirtualClock {
  let time = options.start ?? SECOND;
  const tick = options.tick ?? MICROSECOND;
  return {
    now: () => {
      const now = time;
      time += tick;
      return now;
    },
    advance: (nanoseconds) => {
      time += nanoseconds;
    },
    set: (nanoseconds) => {
      time = nanoseconds;
    },
  };
}

/** A source of unsigned 32-bit numbers from a seed (splitmix32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
