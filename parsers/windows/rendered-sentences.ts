// Messages that are sentences, with the data in them, by the log that they come from.
import type { FieldValue } from '../../sigma/event.ts'

type Writable = { [name: string]: FieldValue }

/** The data of an event in its message, by name. */
type Sentences = Readonly<Record<number, RegExp>>

const SESSION =
  /User: (?<User>[^\r\n]{1,256})\s+Session ID: (?<SessionID>\d+)(?:\s+Source Network Address: (?<Address>\S+))?/
const TASK_BY =
  /^User "(?<UserContext>[^"]{1,256})"\s+(?:registered|updated|deleted) Task Scheduler task "(?<TaskName>[^"]{1,512})"/
const LOCKER = /^(?<FilePath>\S.{0,1024}?) was (?:allowed|prevented)/

const SENTENCES: Readonly<Record<string, Sentences>> = {
  system: {
    7036: /^The (?<param1>.{1,256}) service entered the (?<param2>\w+) state/,
    7040: /^The start type of the (?<param1>.{1,256}) service was changed from (?<param2>[\w ]{1,32}) to (?<param3>[\w ]{1,32})\./,
  },
  taskscheduler: {
    106: TASK_BY,
    129: /^Task Scheduler launch(?:ed)? task "(?<TaskName>[^"]{1,512})"\s*, instance "(?<Path>[^"]{1,1024})"\s+with process ID (?<ProcessID>\d+)/,
    140: TASK_BY,
    141: TASK_BY,
    200: /^Task Scheduler launched action "(?<ActionName>[^"]{1,1024})" in instance "(?<TaskInstanceId>[^"]{1,64})" of task "(?<TaskName>[^"]{1,512})"/,
    201: /^Task Scheduler successfully completed task "(?<TaskName>[^"]{1,512})"\s*, instance "(?<TaskInstanceId>[^"]{1,64})"\s*, action "(?<ActionName>[^"]{1,1024})"/,
  },
  'terminalservices-localsessionmanager': {
    21: SESSION,
    22: SESSION,
    23: SESSION,
    24: SESSION,
    25: SESSION,
  },
  'terminalservices-remoteconnectionmanager': {
    1149: /User: (?<Param1>[^\r\n]{0,256})\s+Domain: (?<Param2>[^\r\n]{0,256})\s+Source Network Address: (?<Param3>\S+)/,
  },
  applocker: { 8002: LOCKER, 8003: LOCKER, 8004: LOCKER, 8005: LOCKER, 8006: LOCKER, 8007: LOCKER },
  'bits-client': {
    59: /^BITS started the (?<name>.{1,256}) transfer job that is associated with the (?<url>\S{1,2048}) URL/,
    60: /^BITS stopped transferring the (?<name>.{1,256}) transfer job that is associated with the (?<url>\S{1,2048}) URL/,
    61: /^BITS stopped transferring the (?<name>.{1,256}) transfer job that is associated with the (?<url>\S{1,2048}) URL/,
  },
}

/** Whether messages of a log are such sentences. */
export function hasSentences(service: string): boolean {
  return Object.hasOwn(SENTENCES, service)
}

/** Longest part of a message that is looked at, UTF-16 units. */
const MESSAGE_UNITS_MAX = 4096

/** Adds what the message of a log says, where the field is free. */
export function addSentence(
  fields: Writable,
  message: string,
  service: string,
  eventId: number,
): void {
  const groups = SENTENCES[service]?.[eventId]?.exec(message.slice(0, MESSAGE_UNITS_MAX))?.groups
  for (const name in groups) {
    const value = groups[name]
    if (value !== undefined && value !== '') fields[name] ??= value
  }
}
