// Released records on texts: what is dead where, and what lives.
import { expect, test } from "vitest";
import { checkFunction } from "../ir/check.ts";
import { parseModule } from "../ir/parse.ts";
import { checkRecordRefs } from "./record-refs.ts";

const opening = `function f failure 0
b0(v0: ptr.context):
  v1: i64 = const 8
  v2: i64 = const 0
  v3: i64 = load4 v0 +12
  v4: ptr.map = map "ring"
`;
const reserve = "  v5: ptr.record = call ringbufReserve v4 v1 v2\n";

/** Messages about a function with the map in v4, 8 and 0 in v1 and v2, and something unknown in v3. */
function messages(rest: string): readonly string[] {
  const [fn] = parseModule(opening + rest).functions;
  if (!fn) throw new Error("no function");
  expect(checkFunction(fn)).toEqual([]);
  return checkRecordRefs(fn).map(({ message }) => message);
}

const gone = "the record may be gone here";
const again = "the record may be released already";

test("a record is dead after its release, also through a pointer made from it", () => {
  const released = `${reserve}  v6: i64 = call ringbufSubmit v5 v2\n`;
  expect(messages(`${reserve}  store8 v5 v1 +0\n  v6: i64 = call ringbufSubmit v5 v2\n  return v2\n`)).toEqual([]);
  expect(messages(`${released}  store8 v5 v1 +0\n  return v2\n`)).toEqual([gone]);
  expect(messages(`${released}  v7: i64 = load8 v5 +0\n  return v2\n`)).toEqual([gone]);
  expect(messages(`${released}  v7: ptr.record = ptradd v5 v3\n  store1 v7 v1 +0\n  return v2\n`)).toEqual([gone]);
  expect(messages(`${released}  v7: i64 = call ringbufDiscard v5 v2\n  return v2\n`)).toEqual([again]);
});

const join = `${reserve}  branch ne64 v3 v2 b1() b2()
b1():
  v6: i64 = call ringbufSubmit v5 v2
  v7: ptr.record = const 0
  jump b3(v7)
b2():
  jump b3(v5)
b3(v8: ptr.record):
`;

test("where paths join, a record that is dead on one is dead; a pointer that is null there lives", () => {
  expect(messages(`${join}  store8 v5 v1 +0\n  return v2\n`)).toEqual([gone]);
  expect(messages(`${join}  v9: i64 = call ringbufDiscard v8 v2\n  return v2\n`)).toEqual([]);
  expect(messages(`${join}  v9: i64 = call ringbufDiscard v8 v2\n  store8 v8 v1 +0\n  return v2\n`)).toEqual([gone]);
});

test("a loop that reserves anew has a new record; one that does not releases it twice", () => {
  const loop = (before: string, inside: string): string =>
    `${before}  jump b1()\nb1():\n${inside}  v6: i64 = call ringbufSubmit v5 v2\n  branch ne64 v3 v2 b1() b2()\nb2():\n  return v2\n`;
  expect(messages(loop("", reserve))).toEqual([]);
  expect(messages(loop(reserve, ""))).toEqual([`${again}, by an iteration before`]);
});

test("another record has nothing to do with it", () => {
  const two = `${reserve}  v10: ptr.record = call ringbufReserve v4 v1 v2\n  v6: i64 = call ringbufSubmit v5 v2\n`;
  expect(messages(`${two}  store8 v10 v1 +0\n  v11: i64 = call ringbufSubmit v10 v2\n  return v2\n`)).toEqual([]);
});
