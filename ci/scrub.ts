// Keeps credentials out of messages: what Git and GitHub say is shown on pages and kept in the state store.

const CREDENTIALS: readonly RegExp[] = [
  /\b(gh[opusr]_|github_pat_|glpat-)[A-Za-z0-9_-]{4,}/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
  /\b(authorization:?\s*(?:basic|bearer|token)\s+)\S+/gi,
  /(?<=:\/\/)[^\s/@]+@/g,
]

/** The text without credentials: known ones, and whatever looks like one. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***')
  for (const pattern of CREDENTIALS)
    clean = clean.replace(pattern, (found, prefix: unknown) =>
      found.endsWith('@') ? '***@' : `${typeof prefix === 'string' ? prefix : ''}***`,
    )
  return clean
}
