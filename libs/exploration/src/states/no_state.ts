/** The state of a program cannot be named. */
import { LabBug } from '@bottom-half/kernel-model'

/** Thrown while states are explored: this program cannot be explored by its states, see docs/exploration.md, "States". */
export class NoState extends LabBug {}
