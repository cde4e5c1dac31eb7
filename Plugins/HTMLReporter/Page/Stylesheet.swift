/// How the page looks: on paper, on a desk's screen and on a phone's, in light and in dark.
///
/// Words keep a contrast of 4.5:1 with what is behind them (WCAG 2.2, AA). The series' colours differ in lightness as well as
/// in hue, and keep one of 3:1.
enum Stylesheet {
    static let html: HTML = """
        :root{color-scheme:light dark;--bg:#fff;--ink:#1a2027;--muted:#5a6672;--line:#d8dee4;--faint:#f3f5f7;\
        --accent:#0a5ca8;--good:#1a6b35;--goodbg:#e3f3e7;--warn:#7a4b00;--warnbg:#fdf0d5;--bad:#a3201c;--badbg:#fbe6e4;\
        --s1:#0a5ca8;--s2:#c2500a;--s3:#00765c;--s4:#a23f83;--s5:#7d6400;--s6:#3a86b8;--s7:#5c4bb0;--s8:#6f7780;\
        --h0:#eef3f8;--h1:#cfe0ef;--h2:#9cc2e2;--h3:#3577b0;--h4:#0b4f91;--hi:#1a2027;--lo:#fff}
        @media (prefers-color-scheme:dark){:root{--bg:#11161b;--ink:#e4e8ec;--muted:#9aa6b1;--line:#2c353e;--faint:#1a2128;\
        --accent:#6fb3f2;--good:#7fd397;--goodbg:#15301d;--warn:#f0bd5f;--warnbg:#35280d;--bad:#ff9a92;--badbg:#3b1816;\
        --s1:#5aa9f0;--s2:#ff9350;--s3:#3fc9a5;--s4:#e58fc9;--s5:#dcc04a;--s6:#9bd3f5;--s7:#a89bff;--s8:#98a2ac;\
        --h0:#1b2a38;--h1:#23425f;--h2:#2f6496;--h3:#5a9bd4;--h4:#a9d3f7;--hi:#e4e8ec;--lo:#0d1318}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
        body{margin:0 auto;max-width:1180px;padding:0 16px 48px;background:var(--bg);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;\
        font-variant-numeric:tabular-nums;overflow-wrap:break-word}
        .skip{position:absolute;left:-9999px}.skip:focus{left:16px;top:8px;background:var(--bg);padding:4px 8px}
        a{color:var(--accent);text-underline-offset:2px}
        h1{font-size:30px;line-height:1.15;letter-spacing:-.015em;margin:2px 0 6px}
        h2{font-size:19px;line-height:1.3;letter-spacing:-.005em;margin:0 0 4px}
        h3{font-size:14px;font-weight:600;margin:16px 0 4px}
        p{margin:0 0 8px}
        header{padding-top:24px}
        section{border-top:1px solid var(--line);padding-top:20px;margin-top:32px}
        .eyebrow{color:var(--muted);font-size:13px;margin:0}
        .question{font-size:18px;line-height:1.4;max-width:44em;color:var(--ink);margin:0 0 14px}
        .lead,.note,.more,figcaption small,.context{color:var(--muted);font-size:13px}
        .lead{max-width:72em;margin-bottom:14px}
        .meta{display:flex;flex-wrap:wrap;gap:6px 28px;margin:0 0 14px}
        .meta dt{color:var(--muted);font-size:12px;line-height:1.3}.meta dd{margin:0;overflow-wrap:anywhere}
        nav{border-top:1px solid var(--line);padding-top:8px}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:0;padding:0;font-size:13px}
        nav a{text-decoration:none;display:inline-block;padding:3px 0}nav a:hover{text-decoration:underline}
        main>section:first-child{margin-top:14px}
        .banner{padding:9px 14px;border-radius:6px;margin:0 0 14px}
        .banner.simulated{background:repeating-linear-gradient(135deg,var(--warnbg) 0 14px,transparent 14px 20px) var(--warnbg);\
        color:var(--warn);border:1px solid currentColor}
        .banner.partial{border:1px dashed var(--warn);color:var(--warn)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr));gap:20px 32px;margin:10px 0 18px}
        .card{border-top:2px solid var(--accent);padding-top:8px;min-width:0}
        .card h3{margin:0;color:var(--muted);font-weight:500;font-size:13px}.card h3::first-letter{text-transform:uppercase}
        .card p{margin:0}
        .value{font-size:32px;line-height:1.25;font-weight:600;letter-spacing:-.02em}
        .value span{font-size:15px;font-weight:400;color:var(--muted);letter-spacing:0}
        .value.none{color:var(--muted);font-weight:400}
        .verdicts{list-style:none;display:flex;flex-wrap:wrap;gap:6px 22px;margin:0 0 10px;padding:0}
        .badge{white-space:nowrap;font-size:12px;line-height:1.6;padding:0 7px 0 5px;border-radius:4px;display:inline-block;\
        border:1px solid transparent}
        .badge i{font-style:normal;font-weight:700;display:inline-block;width:12px;text-align:center}
        .badge.valid{color:var(--good);background:var(--goodbg)}.badge.suspect{color:var(--warn);background:var(--warnbg)}
        .badge.invalid{color:var(--bad);background:var(--badbg)}.badge.open{color:var(--muted);border-color:var(--line)}
        .failure{border-left:3px solid var(--bad);padding:2px 0 2px 12px;margin:0 0 14px}
        .warning{color:var(--warn)}
        pre{background:var(--faint);border-radius:6px;padding:10px 12px;margin:0 0 10px;overflow-x:auto;max-width:100%;\
        font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        pre.command{white-space:pre-wrap;overflow-wrap:anywhere}
        .scroll{overflow-x:auto;max-width:100%}
        .scroll:focus-visible,button:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        table{border-collapse:collapse;font-size:13px;line-height:1.4}
        th,td{padding:4px 14px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);white-space:nowrap}
        th{font-weight:500}thead th{color:var(--muted);font-weight:500;border-bottom-color:var(--muted)}
        .n{text-align:right}
        table.cells{width:100%}table.cells thead th{white-space:normal;vertical-align:bottom;max-width:11em}
        table.cells tbody th,table.cells thead th:first-child{position:sticky;left:0;background:var(--bg);max-width:46vw;\
        overflow:hidden;text-overflow:ellipsis}
        table.cells tbody tr:hover>*{background:var(--faint)}
        th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
        th[aria-sort] button{color:var(--accent);font-weight:600}
        th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
        table.reasons td,table.reasons ul{white-space:normal}table.reasons ul{margin:0;padding-left:16px}
        code{color:var(--muted);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        .controls{display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center;margin:0 0 10px;font-size:13px}
        .controls[hidden]{display:none}
        .controls input,.controls select,.more button{font:inherit;color:inherit;background:var(--bg);padding:3px 8px;\
        border:1px solid var(--line);border-radius:5px;max-width:60vw}
        .controls output{color:var(--muted)}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 20px;margin:0 0 10px;padding:0;font-size:13px}
        figure{margin:0;min-width:0}figcaption{font-weight:600;font-size:13px;overflow-wrap:anywhere}
        figcaption small{display:block;font-weight:400}
        .panels figcaption{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;margin-bottom:6px}
        .panels figcaption small{white-space:normal}
        .panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,328px),1fr));gap:28px 36px}
        .maps{display:flex;flex-wrap:wrap;gap:28px 44px}.maps figure{max-width:100%}
        svg{display:block;max-width:100%;height:auto;overflow:visible}
        .panels svg{width:100%;max-width:420px}.wide svg{width:100%}.panels svg+svg{margin-top:10px}
        .legend svg,.panels .legend svg{display:inline-block;width:22px;vertical-align:middle;margin:0 6px 0 0}
        svg text{font-size:11px;fill:var(--muted)}svg text.note{fill:var(--ink)}
        .grid{stroke:var(--line);stroke-width:1;fill:none}
        .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}.dashed{stroke-dasharray:5 4}
        .s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}.s4{stroke:var(--s4)}.s5{stroke:var(--s5)}\
        .s6{stroke:var(--s6)}.s7{stroke:var(--s7)}.s8{stroke:var(--s8)}
        .mark{stroke-width:1.8;fill:var(--bg)}.mark.filled.s1{fill:var(--s1)}.mark.filled.s8{fill:var(--s8)}
        .rule{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3;fill:none}.rule.faint{stroke:var(--muted)}
        .cursor{stroke:var(--muted);stroke-width:1}.shade{fill:var(--faint)}
        .bar.phase{fill:var(--s8)}.bar.valid{fill:var(--good)}.bar.suspect{fill:var(--warn)}.bar.invalid{fill:var(--bad)}\
        .bar.open{fill:var(--line)}
        .heat caption{caption-side:top;text-align:left;color:var(--muted);font-size:12px;padding-bottom:3px;white-space:nowrap}
        .heat td,.heat th{border:2px solid var(--bg);padding:5px 11px}
        .heat th[scope=row]{padding-left:0}
        .h0{background:var(--h0);color:var(--hi)}.h1{background:var(--h1);color:var(--hi)}.h2{background:var(--h2);color:var(--hi)}
        .h3{background:var(--h3);color:var(--lo)}.h4{background:var(--h4);color:var(--lo)}
        .heat .none{color:var(--muted)}
        details{margin:6px 0 0}summary{cursor:pointer;color:var(--muted);font-size:13px}details[open] summary{margin-bottom:6px}
        .narrow,.paper{display:none}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        footer{border-top:1px solid var(--line);margin-top:36px;padding-top:10px;color:var(--muted);font-size:12px}
        #tip{position:absolute;z-index:9;pointer-events:none;background:var(--ink);color:var(--bg);font-size:12px;\
        line-height:1.45;padding:5px 9px;border-radius:5px;max-width:280px;white-space:pre-line}
        @media (max-width:820px){.wide{display:none}.narrow{display:block}h1{font-size:25px}.question{font-size:16px}\
        .value{font-size:28px}}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        @media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10.5pt}nav,.controls,#tip,.skip,.screen\
        {display:none!important}.paper{display:block}table.cells tbody tr[hidden]{display:table-row}\
        table.cells tbody tr:nth-child(n+\(CellsSection.mostOnPaper + 1)){display:none}section{break-inside:auto;margin-top:18px;padding-top:12px}h2,h3,figcaption{break-after:avoid}\
        figure,tr,.card{break-inside:avoid}.scroll{overflow:visible}.wide{display:block}.narrow{display:none}\
        table{font-size:8.5pt}th,td{padding-right:8px}table.cells tbody th{position:static}pre{white-space:pre-wrap}\
        .panels{grid-template-columns:1fr 1fr}a{text-decoration:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        @media print and (prefers-color-scheme:dark){:root{--bg:#fff;--ink:#1a2027;--muted:#5a6672;--line:#d8dee4;--faint:#f3f5f7}}

        """
}
