/** For both colour schemes, and for narrow screens. @internal */
export const HTML_STYLE = `
:root{color-scheme:light dark;--paper:#f6f8fa;--card:#fff;--ink:#1f2328;--dim:#59636e;--line:#d0d7de;--link:#0a58b0}
@media (prefers-color-scheme:dark){
:root{--paper:#010409;--card:#0d1117;--ink:#e6edf3;--dim:#9aa4af;--line:#30363d;--link:#7fb2f0}
}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1008px;margin:0 auto;padding:24px}
h1{font-size:22px;line-height:1.3;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:16px;margin:32px 0 8px}
p{margin:0 0 20px;color:var(--dim)}
.wide{overflow-x:auto;border-radius:8px}
.wide:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.wide svg{display:block;width:100%;min-width:800px;height:auto}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th,td{padding:6px 12px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
td{overflow-wrap:anywhere}
td.word{white-space:nowrap}
tbody th{font-weight:600;width:13em}
thead th{color:var(--dim);font-size:13px}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.number{text-align:right}
ul{margin:0;padding-left:1.2em}
details{margin-top:32px}
summary{cursor:pointer;font-weight:600}
pre{overflow-x:auto;padding:12px;background:var(--card);border:1px solid var(--line);font-size:13px}
@media (max-width:560px){main{padding:16px 12px}th,td{padding:6px 8px}tbody th{width:8em}}
`.trim();
