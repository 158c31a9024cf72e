/** The design's special field, with an eye on when it is freed. */
import type { bpf_map_value, btf_record, KernelPath } from '@bottom-half/kernel-model'
import type { FreedFields } from './freed_fields.ts'

/**
 * The record that a map of the lab gets. It always has an obj_free_field, so that the oracles learn of the
 * freeing of fields that the design leaves alone; that adds no step.
 */
export function observedRecord(
  record: btf_record,
  freedFields: (value: bpf_map_value) => FreedFields,
): btf_record {
  return {
    release_uref: record.release_uref,
    init_field(value) {
      freedFields(value)
      return record.init_field(value)
    },
    obj_free_field: (value) => freeField(record, value, freedFields),
  }
}

function* freeField(
  record: btf_record,
  value: bpf_map_value,
  freedFields: (value: bpf_map_value) => FreedFields,
): KernelPath {
  const cancel_and_free = record.obj_free_field
  if (cancel_and_free !== null) yield* cancel_and_free.call(record, value)
  freedFields(value).note(value)
}
