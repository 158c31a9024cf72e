/** The code font, and colours, once for light and once for dark; every pair of ink and ground keeps a contrast of 4.5 or more. */
export const paletteCss = `
:root {
  color-scheme: light dark;
  --mono: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace;
  --ground: #ffffff; --panel: #f5f6f8; --ink: #15181c; --muted: #56606b; --line: #d5dae0; --link: #0a54a0;
  --violated: #a3141b; --violated-ground: #fdecea;
  --inconclusive: #764900; --inconclusive-ground: #fff4d8;
  --holds: #155f38; --holds-ground: #eef8f1;
  --task: #2a66ab; --task-ground: #eaf2fb;
  --softirq: #0b7468; --softirq-ground: #e5f5f2;
  --hardirq: #8a5a00; --hardirq-ground: #fbf1dc;
  --NMI: #96278a; --NMI-ground: #faebf7;
  --keyword: #9c1a2b; --string: #0a4d8c; --comment: #5b6570; --function: #5a2ca0; --constant: #0a4d8c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --panel: #1c2025; --ink: #e3e7eb; --muted: #9ca7b3; --line: #363e47; --link: #82bbf7;
    --violated: #ffa39b; --violated-ground: #3d1c1d;
    --inconclusive: #f2c566; --inconclusive-ground: #362b10;
    --holds: #86d9a8; --holds-ground: #15281e;
    --task: #7db4ef; --task-ground: #18283a;
    --softirq: #6fd0c2; --softirq-ground: #12302c;
    --hardirq: #e8b85c; --hardirq-ground: #33280f;
    --NMI: #ee9be2; --NMI-ground: #381c34;
    --keyword: #ff9aa6; --string: #9ccbff; --comment: #9ca7b3; --function: #cbb2ff; --constant: #9ccbff;
  }
}
@media print {
  :root {
    color-scheme: only light;
    --ground: #ffffff; --panel: #f5f6f8; --ink: #000000; --muted: #444444; --line: #bbbbbb; --link: #000000;
    --violated: #8c0008; --holds: #00401e; --inconclusive: #5a3800;
    --violated-ground: #fdecea; --inconclusive-ground: #fff4d8; --holds-ground: #ffffff;
    --task: #2a66ab; --softirq: #0b7468; --hardirq: #8a5a00; --NMI: #96278a;
    --task-ground: #f2f6fb; --softirq-ground: #eff7f5; --hardirq-ground: #fbf6ea; --NMI-ground: #faf2f8;
    --keyword: #000000; --string: #000000; --comment: #444444; --function: #000000; --constant: #000000;
  }
}
`
