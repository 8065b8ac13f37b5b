import { SECOND } from "../BPF1016-circular-constant.ts";

export const FIRST: number = SECOND + 1;
