/**
 * Who may import whom: the table of the architecture, project by project. A project may always import
 * itself; a lab project that is not in its row is forbidden, so nothing imports an app and no design
 * imports another. Tests and benchmarks obey the row of their project.
 */
const folders = {
  'kernel-model': 'libs/kernel-model',
  exploration: 'libs/exploration',
  simulation: 'libs/simulation',
  'deferred-work': 'libs/deferred-work',
  'llist-delayed-work': 'libs/designs/llist-delayed-work',
  'cmpxchg-task-work': 'libs/designs/cmpxchg-task-work',
  'rqspinlock-async-kern': 'libs/designs/rqspinlock-async-kern',
  workloads: 'libs/workloads',
  conformance: 'libs/conformance',
  report: 'libs/report',
  compare: 'apps/compare',
}

const designs = ['llist-delayed-work', 'cmpxchg-task-work', 'rqspinlock-async-kern']

const mayImport = {
  'kernel-model': [],
  exploration: ['kernel-model'],
  simulation: ['kernel-model'],
  'deferred-work': ['kernel-model'],
  'llist-delayed-work': ['kernel-model', 'deferred-work'],
  'cmpxchg-task-work': ['kernel-model', 'deferred-work'],
  'rqspinlock-async-kern': ['kernel-model', 'deferred-work'],
  workloads: ['kernel-model', 'deferred-work'],
  conformance: ['kernel-model', 'exploration', 'simulation', 'deferred-work', 'workloads'],
  report: [],
  compare: [
    'kernel-model',
    'exploration',
    'simulation',
    'deferred-work',
    ...designs,
    'workloads',
    'conformance',
    'report',
  ],
}

const within = (projects) => `^(${projects.map((project) => folders[project]).join('|')})/`

const rows = Object.entries(mayImport).map(([project, allowed]) => ({
  name: `imports-of-${project}`,
  comment: `${project} may import ${allowed.join(', ') || 'no other project of the lab'}`,
  severity: 'error',
  from: { path: within([project]) },
  to: { path: '^(libs|apps)/', pathNot: within([project, ...allowed]) },
}))

module.exports = {
  forbidden: [
    ...rows,
    {
      name: 'project-outside-the-table',
      comment: 'A new project needs its row in the table above',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: within(Object.keys(folders)) },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other (they are erased); code that runs may not import in a circle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'An import that leads nowhere would slip past every row above',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.d.ts', '.mjs', '.js', '.json'],
    },
  },
}
