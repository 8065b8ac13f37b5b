// A constant two imports away.
export const SEED = 0x9e37_79b9;
