/// The looks of a report, in one place.
enum ReportStyle {
    static let sheet: Markup = """
        :root { --paper: #fbfbfa; --card: #fff; --ink: #1d2129; --soft: #667085; --hair: #e3e5e9; --good: #14804a; --bad: #c0362c;
          --c0: #2f5fd0; --c1: #d9730d; --c2: #0f8b8d; --c3: #9b4dca; --c4: #b4233c; --c5: #6b7280; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #14161a; --card: #1c1f25; --ink: #e6e8ec; --soft: #98a1b0; --hair: #2d323b; --good: #4cc38a; --bad: #ff7a6e;
            --c0: #7ea6ff; --c1: #f2a65a; --c2: #54c6c3; --c3: #c79bf2; --c4: #f47b8f; --c5: #a3aab8; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        header, main { max-width: 1060px; margin: 0 auto; padding: 0 16px; }
        header { padding-top: 28px; }
        h1 { margin: 0; font-size: 28px; overflow-wrap: anywhere; }
        header p { margin: 2px 0 0; color: var(--soft); overflow-wrap: anywhere; }
        header .verdict { display: inline-block; margin-top: 12px; padding: 3px 12px; border-radius: 999px; border: 1px solid; font-weight: 600; }
        .verdict.good, tr.good td:last-child { color: var(--good); }
        .verdict.bad, tr.bad td:last-child { color: var(--bad); }
        section { background: var(--card); border: 1px solid var(--hair); border-radius: 12px; padding: 16px 18px; margin: 16px 0; }
        h2 { margin: 0 0 8px; font-size: 17px; }
        .note { margin: 0 0 10px; color: var(--soft); font-size: 13px; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 8px 18px; margin: 0 0 14px; }
        dt { color: var(--soft); font-size: 13px; } dd { margin: 0; overflow-wrap: anywhere; }
        .split { display: flex; gap: 2px; height: 12px; } .split span { border-radius: 3px; min-width: 3px; }
        .b0 { background: var(--c0); } .b1 { background: var(--c1); } .b2 { background: var(--c2); }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 6px; font-size: 13px; color: var(--soft); }
        .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
        .scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 16px; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; font-size: 13px; font-weight: 500; color: var(--soft); }
        th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--hair); vertical-align: middle; }
        tbody tr:last-child > * { border-bottom: 0; }
        .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
        small { display: block; color: var(--soft); font-size: 12px; white-space: nowrap; }
        svg { display: block; width: 100%; height: auto; } svg.range { width: 120px; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); gap: 18px; }
        .charts figure { max-width: 460px; }
        .small { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 210px), 1fr)); gap: 18px; }
        figure { margin: 0; min-width: 0; } figcaption { font-weight: 600; font-size: 14px; margin-bottom: 4px; overflow-wrap: anywhere; }
        text { fill: var(--soft); font-size: 10px; } .axis { font-size: 11px; }
        .grid { stroke: var(--hair); } .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .dashed { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; } .dot { fill: var(--c0); fill-opacity: .45; }
        .whisker { stroke: var(--c0); stroke-width: 3; stroke-opacity: .45; stroke-linecap: round; } .mark { stroke: var(--soft); stroke-width: 1.5; }
        .bin { fill: var(--c0); }
        .bar { display: grid; grid-template-columns: minmax(90px, 2fr) 5fr 56px; gap: 10px; align-items: center; font-size: 14px; padding: 2px 0; }
        .bar .name { overflow-wrap: anywhere; } .bar .number { text-align: right; }
        .track { background: var(--hair); border-radius: 4px; height: 12px; overflow: hidden; }
        .track span { display: block; height: 100%; background: var(--c0); border-radius: 4px; } .rest .track span { background: var(--c5); }
        .small .bar { grid-template-columns: minmax(60px, 2fr) 2fr 48px; font-size: 12px; }
        .confusion { width: auto; } .confusion td { min-width: 84px; padding: 8px 12px; border: 2px solid var(--card); text-align: center; }
        .confusion tbody th { color: var(--ink); padding-right: 14px; }
        .cell.right { background: color-mix(in srgb, var(--c2) calc(var(--share) * .55), var(--card)); }
        .cell.wrong { background: color-mix(in srgb, var(--c4) calc(var(--share) * .55), var(--card)); }
        \(colours)
        @media print { section { break-inside: avoid; } }
        """

    private static let colours = (0..<6).map { index -> Markup in
        "i.c\(index) { background: var(--c\(index)); } .s\(index) { stroke: var(--c\(index)); } .f\(index) { fill: var(--c\(index)); }"
    }
}
