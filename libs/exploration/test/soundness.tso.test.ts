import { testAgreement } from './soundness/agreement.ts'

testAgreement('TSO', 1400)
testAgreement('TSO handlers', 1400)
testAgreement('TSO nested', 700)
testAgreement('TSO ways', 300, { redundant: 41 })
