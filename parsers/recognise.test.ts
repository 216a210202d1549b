import { expect, test } from 'bun:test'
import { mayBeClaimed } from './recognise.ts'

// A key makes every line that has it be asked about, and none of them be matched where it stands.
test.each(['type', 'name', 'user', 'uid', 'exe', 'host', 'status', 'action', 'level', 'src_ip'])(
  "a name of everyday JSON is no parser's key: %s",
  (name) => {
    expect(mayBeClaimed([name, 'other'])).toBe(false)
  },
)
