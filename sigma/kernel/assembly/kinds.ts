// Kinds of values: those of `sigma/eval/flat.ts`.
export const STRING: u8 = 0
export const ESCAPED: u8 = 1
export const DECIMAL: u8 = 2
export const BOOLEAN: u8 = 3
export const NULL: u8 = 4
export const OBJECT: u8 = 5
/** Added to the kind of a string: a list of it alone, which matches as the string does. */
export const LISTED: u8 = 8
/** Added to the kind of a string with characters beyond ASCII: valid UTF-8 that the host has to read. */
export const WIDE: u8 = 16
