/** The results contradict themselves: a defect of the lab, never of a design or of the user. */
export class LabBug extends Error {
  constructor(message: string) {
    super(`[lab bug] ${message}`)
  }
}
