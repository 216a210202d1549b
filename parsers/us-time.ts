// Times of American consoles and their exports: `11/20/2026, 3:11:12.345 PM`.

const TIME =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d)(\.\d{1,9})?)? ?([AaPp])\.?[Mm]\.?$/

/** The time as ISO 8601 without a zone; undefined for any other text, and for days or hours that are none. */
export function usTimeAsIso(text: string): string | undefined {
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [, month = '', day = '', year, hours, minutes, seconds = '00', fraction = '', half] = match
  const hour = Number(hours)
  if (Number(month) > 12 || Number(day) > 31 || hour < 1 || hour > 12) return undefined
  const whole = (hour % 12) + (half!.toLowerCase() === 'p' ? 12 : 0)
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return `${date}T${String(whole).padStart(2, '0')}:${minutes}:${seconds}${fraction}`
}
