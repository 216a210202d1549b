// Rules and correlations by what others call them, read line by line: texts that are being typed are seldom YAML.

/** A rule or correlation that others may name. */
export interface KnownRule {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly title: string
  readonly kind: 'rule' | 'correlation'
  readonly path: string
}

const NAMEABLE = /^(detection|correlation):/m

/** Those of one file; filters and documents without a title are left out. */
export function rulesIn(path: string, text: string): readonly KnownRule[] {
  return text.split(/^---.*$/m).flatMap((document): KnownRule[] => {
    const kind = NAMEABLE.exec(document)?.[1]
    const title = scalarAt(document, 'title')
    if (kind === undefined || title === undefined) return []
    return [
      {
        ...{ title, path, id: scalarAt(document, 'id'), name: scalarAt(document, 'name') },
        kind: kind === 'detection' ? 'rule' : 'correlation',
      },
    ]
  })
}

function scalarAt(document: string, key: string): string | undefined {
  const raw = new RegExp(`^${key}:[ \\t]+(.*?)(?:\\s+#.*)?\\s*$`, 'm').exec(document)?.[1]
  const value = raw?.replace(/^(['"])(.*)\1$/, '$2')
  return value === '' ? undefined : value
}

/** The rule that a reference means: by id, then by name. */
export function ruleCalled(rules: readonly KnownRule[], reference: string): KnownRule | undefined {
  return rules.find(({ id }) => id === reference) ?? rules.find(({ name }) => name === reference)
}
