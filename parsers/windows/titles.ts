// What Windows events are called, for messages and the action column.
import { CORE } from './titles/core.ts'
import { OTHERS } from './titles/others.ts'
import { SECURITY } from './titles/security.ts'
import { SECURITY_LATER } from './titles/security-later.ts'

const TITLES: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map(
  Object.entries({ ...CORE, ...OTHERS, security: SECURITY + SECURITY_LATER }).map(
    ([service, text]) => [service, titlesOf(text)],
  ),
)

function titlesOf(text: string): ReadonlyMap<number, string> {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const blank = line.indexOf(' ')
      return [Number(line.slice(0, blank)), line.slice(blank + 1)] as const
    }),
  )
}

/** The title of an event, by Sigma's service of its channel. */
export function titleOf(service: string | undefined, eventId: number): string | undefined {
  return service === undefined ? undefined : TITLES.get(service)?.get(eventId)
}

/** The same in lower case: what the column `action` has. */
export function actionOf(service: string | undefined, eventId: number): string | undefined {
  return service === undefined ? undefined : ACTIONS.get(service)?.get(eventId)
}

const ACTIONS: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map(
  [...TITLES].map(([service, titles]) => {
    const lower = [...titles].map(([id, title]) => [id, title.toLowerCase()] as const)
    return [service, new Map(lower)]
  }),
)

/** How many event ids have a title. */
export function titleCount(): number {
  return [...TITLES.values()].reduce((sum, titles) => sum + titles.size, 0)
}

/** Fields that say most about an event, in order. */
export const TELLING_FIELDS = [
  'CommandLine',
  'ScriptBlockText',
  'TargetObject',
  'TargetFilename',
  'ImageLoaded',
  'PipeName',
  'QueryName',
  'QNAME',
  'ThreatName',
  'ServiceName',
  'TaskName',
  'RemoteName',
  'DestinationIp',
  'TargetImage',
  'ObjectName',
  'ShareName',
  'Payload',
  'NewProcessName',
  'ApplicationPath',
  'Image',
  'TargetUserName',
  'SubjectUserName',
  'User',
  'param1',
]
