// Targets of the search language in terms of those that rules have.

import { fieldTarget } from '../../sigma/columns.ts'
import type { Expr, Target, Test } from '../../sigma/ir/expr.ts'
import { isRefusal, type Refusal } from './selections.ts'

type Match = Extract<Expr, { kind: 'match' }>

/** The expression over fields, columns, keywords and raw texts alone. */
export function expand(expr: Expr): Expr | Refusal {
  switch (expr.kind) {
    case 'not': {
      const arg = expand(expr.arg)
      return isRefusal(arg) ? arg : { kind: 'not', arg }
    }
    case 'and':
    case 'or': {
      if (expr.args.length === 0) return NEVER
      const args: Expr[] = []
      for (const arg of expr.kind === 'or' ? sameColumns(expr.args) : expr.args) {
        const one = expand(arg)
        if (isRefusal(one)) return one
        args.push(one)
      }
      return { kind: expr.kind, args }
    }
    case 'const':
      return NEVER
    case 'match':
      return expandMatch(expr)
  }
}

const NEVER: Refusal = {
  code: 'never-matches',
  message: 'a part of the search can never match: remove it',
}

/** `host:(a or b)`: tests of one name that may be a column, kept together. */
function sameColumns(args: readonly Expr[]): readonly Expr[] {
  const groups = new Map<string, Match[]>()
  const others: Expr[] = []
  for (const arg of args) {
    const name = columnNameOf(arg)
    if (name === undefined) others.push(arg)
    else groups.getOrInsert(name, []).push(arg as Match)
  }
  return [...[...groups.values()].map((group): Expr => eitherWay(group)), ...others]
}

function columnNameOf(expr: Expr): string | undefined {
  if (expr.kind !== 'match' || expr.target.scope !== 'auto') return undefined
  return fieldTarget(`@${expr.target.name}`).scope === 'column' ? expr.target.name : undefined
}

/** Any of the tests on the field where the event has it, else on the column of that name. */
function eitherWay(group: readonly Match[]): Expr {
  const { name } = group[0]!.target as Extract<Target, { scope: 'auto' }>
  const field: Target = { scope: 'field', name }
  const on = (target: Target): Expr => {
    const tests = group.map(({ test }): Expr => ({ kind: 'match', target, test }))
    return tests.length === 1 ? tests[0]! : { kind: 'or', args: tests }
  }
  const absent: Expr = { kind: 'match', target: field, test: { kind: 'null' } }
  const fallback: Expr = { kind: 'and', args: [absent, on(fieldTarget(`@${name}`))] }
  return { kind: 'or', args: [on(field), fallback] }
}

function expandMatch(match: Match): Expr | Refusal {
  const { target, test } = match
  const refused = refusalOf(target, test)
  if (refused !== undefined) return refused
  if (columnNameOf(match) !== undefined) return expand(eitherWay([match]))
  if (target.scope === 'auto')
    return { kind: 'match', target: { scope: 'field', name: target.name }, test }
  if (target.scope !== 'any') return match
  const keyword = test.kind === 'words' ? wordsRegex(test.words) : test
  return {
    kind: 'or',
    args: [
      { kind: 'match', target: { scope: 'keyword' }, test: keyword },
      { kind: 'match', target: { scope: 'raw' }, test: keyword },
    ],
  }
}

function refusalOf(target: Target, test: Test): Refusal | undefined {
  if (test.kind === 'textcompare')
    return {
      code: 'text-order',
      message: `Sigma compares numbers only: ${test.op} "${test.value}" needs a regular expression`,
    }
  if (target.scope === 'any' && test.kind === 'any')
    return {
      code: 'matches-everything',
      message: 'a rule must ask for something: remove the lone *',
    }
  if (target.scope === 'any' && test.kind === 'cidr')
    return {
      code: 'network-without-field',
      message: `name the field that holds the address: src_ip:${test.network}`,
    }
  return undefined
}

/** A character that separates words (see `sigma/text/words.ts`). */
const SEPARATOR = '[\\x00-/:-@\\[-^`{-\\x7f]'

/** Consecutive whole words as a regular expression. */
function wordsRegex(words: readonly string[]): Test {
  const joined = words.map(escapeRegex).join(`${SEPARATOR}+`)
  return { kind: 'regex', pattern: `(?:^|${SEPARATOR})${joined}(?:$|${SEPARATOR})`, flags: 'i' }
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
