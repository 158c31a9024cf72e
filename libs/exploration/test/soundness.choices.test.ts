import { testAgreement } from './soundness/agreement.ts'

testAgreement('choices', 1500)
testAgreement('ways', 500)
testAgreement('mixed', 1700)
