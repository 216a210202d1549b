// Expressions of workflows, as much of them as action.yml uses: names, texts, ==, !=, &&, ||, !, always().

/** `inputs`, `github`, `steps`, ...: what expressions read. */
export type Contexts = Readonly<Record<string, unknown>>

/** A text with every `${{ ... }}` in it worked out. */
export function filled(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, source: string) =>
    asText(evaluate(source, contexts)),
  )
}

/** The value of an expression. Throws for what it does not know. */
export function evaluate(source: string, contexts: Contexts): unknown {
  const tokens = [...source.matchAll(/\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|\(|\)|[\w.-]+)/g)].map(
    ([, token]) => token!,
  )
  if (tokens.join('').length !== source.replace(/\s/g, '').length && !source.includes("'"))
    throw new Error(`cannot read the expression ${source}`)
  let at = 0
  const primary = (): unknown => {
    const token = tokens[at++]
    if (token === undefined) throw new Error(`the expression ${source} ends early`)
    if (token === '!') return !isTrue(primary())
    if (token === '(') {
      const value = either()
      at++
      return value
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (tokens[at] === '(') {
      if (token !== 'always') throw new Error(`no function ${token}() here`)
      at += 2
      return true
    }
    return lookUp(token, contexts)
  }
  const compared = (): unknown => {
    const left = primary()
    const operator = tokens[at]
    if (operator !== '==' && operator !== '!=') return left
    at++
    const same = asText(left) === asText(primary())
    return operator === '==' ? same : !same
  }
  const both = (): unknown => {
    let value = compared()
    while (tokens[at] === '&&') {
      at++
      const next = compared()
      value = isTrue(value) ? next : value
    }
    return value
  }
  const either = (): unknown => {
    let value = both()
    while (tokens[at] === '||') {
      at++
      const next = both()
      value = isTrue(value) ? value : next
    }
    return value
  }
  return either()
}

function lookUp(path: string, contexts: Contexts): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      contexts,
    )
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false
}

function asText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}
