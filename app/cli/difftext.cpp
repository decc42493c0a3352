// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "difftext.h"

#include "types/textdiff.h"

namespace paddock::cli {

using namespace Qt::StringLiterals;

void printDifference(const Printer &out, const QString &name, const QByteArray &before, const QByteArray &after)
{
    const auto diff = types::diffTexts(before, after);
    if (!diff || diff->isEqual())
        return;
    out.line(out.paint(u"--- "_s + name, Ink::Bad));
    out.line(out.paint(u"+++ "_s + name, Ink::Good));
    for (const types::DiffHunk &hunk : diff->hunks) {
        out.line(out.paint(
            u"@@ -%1,%2 +%3,%4 @@"_s.arg(hunk.before).arg(hunk.beforeCount).arg(hunk.after).arg(hunk.afterCount),
            Ink::Faint));
        for (const types::DiffLine &line : hunk.lines) {
            using Kind = types::DiffLine::Kind;
            const QString text = Printer::safe(line.text);
            out.line(line.kind == Kind::Removed ? out.paint(u'-' + text, Ink::Bad)
                     : line.kind == Kind::Added ? out.paint(u'+' + text, Ink::Good)
                                                : u' ' + text);
        }
    }
}

} // namespace paddock::cli
