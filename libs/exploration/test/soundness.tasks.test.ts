import { testAgreement } from './soundness/agreement.ts'

testAgreement('threads', 1700)
testAgreement('commuting', 1600)
testAgreement('locks', 1500)
testAgreement('wide', 200)
