// Limits that the browser's code knows too: it must not bring every address of the server along.

/** Fields that events are grouped by, one inside the other. */
export const GROUPS_MAX = 3
