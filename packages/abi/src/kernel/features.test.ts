import { describe, expect, test } from "vitest";
import { compareKernels, defaultKernel, hasFeature, isaOf, isKernelRelease } from "./features.ts";

describe("kernel releases", () => {
  test("compare by number, not by text", () => {
    expect(compareKernels("5.9", "5.15")).toBeLessThan(0);
    expect(compareKernels("6.1", "5.15")).toBeGreaterThan(0);
    expect(compareKernels("6.1.0-56-cloud-amd64", "6.1")).toBe(0);
  });

  test.each(["", "6", "six.one", "6.1x", "6.", ".1", "99999.1", "6.1\n7"])("%j is none", (text) => {
    expect(isKernelRelease(text)).toBe(false);
    expect(() => compareKernels(text, "6.1")).toThrow("not a kernel release");
  });

  test("a feature begins with its release", () => {
    expect(hasFeature("5.16", "callbackLoops")).toBe(false);
    expect(hasFeature("5.17", "callbackLoops")).toBe(true);
  });

  test("the default target runs ISA v3, and v4 begins with 6.6", () => {
    expect(isaOf(defaultKernel)).toBe(3);
    expect(["4.13", "4.14", "5.0", "5.1", "6.5", "6.6"].map(isaOf)).toEqual([1, 2, 2, 3, 3, 4]);
  });
});
