// Waits for descriptors without stopping the event loop: one epoll instance (man 7 epoll), and at most one thread of the
// pool in epoll_wait, however many descriptors are waited for. Each is armed once (EPOLLONESHOT) for each wait; arming
// looks at the present state, so that nothing that came before is missed. An eventfd ends a wait that has become too long.
//
//   struct epoll_event:  events u32 | data u64        packed on x86-64, else data at offset 8
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName, errnos } from "./errno.ts";
import { Fd } from "./fd.ts";
import type { Memory, Sys } from "./sys.ts";

const EPOLL_CLOEXEC = 0x80000;
const EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
const operations = { ADD: 1, DELETE: 2, MODIFY: 3 };
const events = { IN: 1, ONE_SHOT: 1 << 30, EDGE: 0x8000_0000 };
const dataOffset = process.arch === "x64" ? 4 : 8;
const eventBytes = dataOffset + 8;
const eventsAtOnce = 16;
/** The longest single wait: a process that ends waits for its threads. */
const longestMs = 200;
/** The eventfd's place among the numbers of watches. */
const alarm = 0;

function refuse(what: string, status: number): never {
  const notes = [`${what}: the kernel answers ${errnoName(-status)}`];
  throw new DiagnosticError([diagnostic(kernelDiagnostics.ringOpen, { notes })]);
}

interface Waiter {
  readonly deadline: number;
  readonly resolve: (ready: boolean) => void;
}

/** One descriptor that can be waited for; dispose stops watching it. */
export interface Watch extends Disposable {
  /** True when there is something to read, false after `timeoutMs` or when the watch ends. One wait at a time. */
  wait(timeoutMs: number): Promise<boolean>;
}

/** Waits for many descriptors with one thread. Opened by the first watch. */
export class Poller implements Disposable {
  readonly #sys: Sys;
  readonly #waiters = new Map<number, Waiter>();
  readonly #events: Memory;
  #open: { readonly epoll: Fd; readonly alarm: Fd } | undefined;
  #running = false;
  #closed = false;
  #last = alarm;

  constructor(sys: Sys) {
    this.#sys = sys;
    this.#events = sys.allocate(eventBytes * eventsAtOnce);
  }

  #opened() {
    if (this.#open) return this.#open;
    const epoll = this.#sys.epollCreate(EPOLL_CLOEXEC);
    if (epoll < 0) refuse("making an epoll instance", epoll);
    const eventfd = this.#sys.eventfd(0, EFD_CLOEXEC_NONBLOCK);
    if (eventfd < 0) {
      this.#sys.close(epoll);
      refuse("making an eventfd", eventfd);
    }
    this.#open = { epoll: new Fd(this.#sys, epoll, "epoll instance"), alarm: new Fd(this.#sys, eventfd, "eventfd") };
    this.#control(operations.ADD, eventfd, events.IN | events.EDGE, alarm);
    return this.#open;
  }

  #control(operation: number, fd: number, what: number, number: number): number {
    const event = new Uint8Array(eventBytes);
    const view = new DataView(event.buffer);
    view.setUint32(0, what >>> 0, true);
    view.setBigUint64(dataOffset, BigInt(number), true);
    return this.#sys.epollCtl(this.#opened().epoll.number, operation, fd, event);
  }

  /** Watches a descriptor, which must stay open for as long. @throws DiagnosticError when the kernel refuses. */
  watch(fd: number): Watch {
    const number = ++this.#last;
    const status = this.#control(operations.ADD, fd, 0, number);
    if (status < 0) refuse("watching a ring buffer", status);
    const stop = (): void => {
      if (this.#closed) return;
      this.#control(operations.DELETE, fd, 0, number);
      this.#finish(number, false);
    };
    return { wait: (timeoutMs) => this.#wait(fd, number, timeoutMs), [Symbol.dispose]: stop };
  }

  #wait(fd: number, number: number, timeoutMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    this.#finish(number, false);
    return new Promise((resolve) => {
      this.#waiters.set(number, { deadline: performance.now() + timeoutMs, resolve });
      this.#control(operations.MODIFY, fd, events.IN | events.ONE_SHOT, number);
      // A thread that waits already may be waiting for longer than this one wants.
      if (this.#running) this.#ring();
      else void this.#run();
    });
  }

  #ring(): void {
    this.#sys.write(this.#opened().alarm.number, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  }

  #finish(number: number, ready: boolean): void {
    const waiter = this.#waiters.get(number);
    this.#waiters.delete(number);
    waiter?.resolve(ready);
  }

  /** Waits in rounds for as long as somebody does. */
  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiters.size > 0 && !this.#closed) {
      const nearest = Math.min(...[...this.#waiters.values()].map(({ deadline }) => deadline));
      const timeout = Math.min(Math.max(Math.ceil(nearest - performance.now()), 0), longestMs);
      const count = await this.#sys.epollWait(this.#opened().epoll.number, this.#events, eventsAtOnce, timeout);
      if (count < 0 && count !== -errnos.EINTR) throw new Error(`kernel/poller: epoll_wait: ${errnoName(-count)}`);
      this.#settle(Math.max(count, 0));
    }
    this.#running = false;
    if (this.#closed) this.#release();
  }

  #settle(count: number): void {
    for (let index = 0; index < count; index++) {
      const number = Number(this.#events.view.getBigUint64(index * eventBytes + dataOffset, true));
      this.#finish(number, true);
    }
    const now = performance.now();
    for (const [number, { deadline }] of this.#waiters) if (deadline <= now) this.#finish(number, false);
  }

  #release(): void {
    this.#open?.epoll[Symbol.dispose]();
    this.#open?.alarm[Symbol.dispose]();
    this.#open = undefined;
  }

  /** Ends every wait. The descriptors go once the thread has come back. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const number of [...this.#waiters.keys()]) this.#finish(number, false);
    if (this.#running) this.#ring();
    else this.#release();
  }
}
