import { describe, expect, test } from "vitest";
import { describeRegister, parseRegisters } from "./verifier-registers.ts";

test("registers of a state, without stack slots", () => {
  const text = "R0_w=scalar(umin=1,umax=4,var_off=(0x0; 0x7)) R1=ctx() R10=fp0 fp-8=????mmmm";
  expect(parseRegisters(text)).toEqual([
    ["r0", "scalar(umin=1,umax=4,var_off=(0x0; 0x7))"],
    ["r1", "ctx()"],
    ["r10", "fp0"],
  ]);
});

describe("registers in words", () => {
  test.each([
    ["scalar(umin=1,umax=4,var_off=(0x0; 0x7))", "is a number between 1 and 4"],
    ["scalar(smin=umin=smin32=umin32=2,smax=umax=smax32=umax32=9)", "is a number between 2 and 9"],
    ["inv(id=0,umax_value=255,var_off=(0x0; 0xff))", "is a number between 0 and 255"],
    ["scalar()", "is a number that may have any value"],
    ["42", "is the number 42"],
    ["invP-3", "is the number -3"],
    ["fp-16", "points to the stack at fp-16"],
    ["pkt(id=2,off=4,r=0)", "points 4 bytes into the packet, of which nothing has been checked"],
    ["map_value(map=blocked,ks=4,vs=8,off=4)", 'points to 4 bytes into a value of the map "blocked" (8 bytes)'],
    ["map_ptr(map=blocked,ks=4,vs=8)", 'stands for the map "blocked"'],
    ["constructor(x=1)", "is constructor(x=1)"],
    ["something_new(x=1)", "is something_new(x=1)"],
  ])("%s", (value, words) => {
    expect(describeRegister(value)).toBe(words);
  });
});
