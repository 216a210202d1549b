// Bounds on what one rule file may ask of the parser.

/** A file's text, in bytes of UTF-8. */
export const YAML_BYTES_MAX = 1024 * 1024
/** Maps and lists inside one another. */
export const YAML_DEPTH_MAX = 64
/** Values of one file after its aliases are put in: stops alias bombs. */
export const YAML_NODES_MAX = 50_000
/** Documents of one file. */
export const YAML_DOCUMENTS_MAX = 1_000
/** One condition, in UTF-16 units. */
export const CONDITION_UNITS_MAX = 16_384
/** Parentheses and `not` inside one another. */
export const CONDITION_DEPTH_MAX = 64
/** Findings kept for one file. */
export const DIAGNOSTICS_MAX = 100
