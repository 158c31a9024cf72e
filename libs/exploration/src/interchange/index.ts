/** Runs in formats that other tools read. */
export { type ChromeEvent, type ChromeTrace, toChromeTrace } from './chrome_trace.ts'
export { type ItfState, type ItfTrace, type ItfValue, toItf } from './itf.ts'
export { type RecordedFrame, type RecordedRun, type RecordedStep, recordRun } from './recorded_run.ts'
