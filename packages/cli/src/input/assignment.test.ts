// `--set`: text and JSON on both sides, and what is refused.
import { describe, expect, test } from "vitest";
import { parseAssignment } from "./assignment.ts";

describe("--set", () => {
  test.each([
    ["blocked[10.0.0.1]=0", { map: "blocked", key: "10.0.0.1", value: "0" }],
    ["a[18446744073709551615]=0x7b", { map: "a", key: "18446744073709551615", value: "0x7b" }],
    ['flows[{"port":[1]}]={"n":"]="}', { map: "flows", key: { port: [1] }, value: { n: "]=" } }],
    ['names["a]=b"]=[1,2]', { map: "names", key: "a]=b", value: [1, 2] }],
    ["ip[2001:db8::1]=-1", { map: "ip", key: "2001:db8::1", value: "-1" }],
  ])("%s", (text, expected) => {
    expect(parseAssignment(text)).toEqual(expected);
  });

  test.each(["", "a", "[1]=2", "a[]=1", "a[1]=", "a[{]=1", "a[1]={"])("%s is refused", (text) => {
    expect(() => parseAssignment(text)).toThrow("BPF6331");
  });

  test("a name alone is a global variable", () => {
    expect(parseAssignment("a=1")).toEqual({ map: "a", value: "1" });
    expect(parseAssignment('last = {"x": 1}')).toEqual({ map: "last", value: { x: 1 } });
  });
});
