// Where locks may be, and what they are in plain JavaScript.
import { describe, expect, test } from "vitest";
import { array, arrayMap, hashMap, lruHashMap, perCpuArray, spinLock, struct, u32, u64 } from "./index.ts";

const Account = struct("account", { lock: spinLock, packets: u64 });

describe("a value with a lock", () => {
  test("lies as the kernel wants it", () => {
    expect(Account.size).toBe(16);
    expect(hashMap({ key: u32, value: Account, maxEntries: 1 }).value.layout.size).toBe(16);
  });

  test.each([
    ["an LRU map", () => lruHashMap({ key: u32, value: Account, maxEntries: 1 }), /only hash and array/u],
    ["a per-CPU map", () => perCpuArray({ value: Account, maxEntries: 1 }), /only hash and array/u],
    ["two locks", () => arrayMap({ value: struct("two", { a: spinLock, b: spinLock }), maxEntries: 1 }), /2 locks/u],
    [
      "an array of locks",
      () => arrayMap({ value: struct("many", { a: array(spinLock, 3) }), maxEntries: 1 }),
      /3 locks/u,
    ],
    [
      "a lock inside",
      () => arrayMap({ value: struct("outer", { account: Account }), maxEntries: 1 }),
      /direct member/u,
    ],
  ])("is refused in %s", (_, make, words) => {
    expect(make).toThrow(words);
  });

  test("can be copied, and its lock taken", () => {
    const account = Account({ packets: 5n });
    expect({ ...Account({ ...account }) }.packets).toBe(5n);
    const release = Symbol.dispose ? account.lock.acquire()[Symbol.dispose] : () => undefined;
    expect(release()).toBeUndefined();
  });
});
