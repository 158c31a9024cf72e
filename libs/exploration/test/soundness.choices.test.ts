import { testAgreement } from './soundness/agreement.ts'

testAgreement('choices', 1500)
testAgreement('ways', 500)
testAgreement('ways and waits', 400, { blocked: 3, redundant: 96 })
testAgreement('mixed', 1700)
