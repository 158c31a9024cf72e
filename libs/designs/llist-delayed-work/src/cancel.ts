/**
 * Nothing: the RFC of 11 July 2022 has no way to cancel, and deleting, updating or freeing a value calls
 * nothing of it.
 */
import type { btf_record } from '@bottom-half/kernel-model'

/** Absent from bpf_obj_free_fields(): an item outlives the key that it was submitted from. */
export const cancel_and_free: btf_record['obj_free_field'] = null
