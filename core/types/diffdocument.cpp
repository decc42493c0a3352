// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/diffdocument.h"

#include "types/textdiff.h"

#include <algorithm>

namespace paddock::types {

namespace {

QStringList linesOf(const QByteArray &text)
{
    QStringList lines;
    lines.reserve(text.count('\n') + 1);
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = text.indexOf('\n', at);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        if (end < 0)
            end = text.size();
        if (end > at && text[end - 1] == '\r')
            --end;
        lines.append(QString::fromUtf8(QByteArrayView(text).sliced(at, end - at)));
        at = next;
    }
    return lines;
}

void appendEqual(DiffDocument &document, int before, int after, int count)
{
    for (int i = 0; i < count; ++i)
        document.rows.append({DiffRow::Kind::Equal, before + i, after + i});
}

} // namespace

Result<DiffDocument> diffDocument(const QByteArray &before, const QByteArray &after)
{
    const auto blocks = changedBlocks(before, after);
    if (!blocks)
        return std::unexpected(blocks.error());
    DiffDocument document{.before = linesOf(before), .after = linesOf(after)};
    document.rows.reserve(std::max(document.before.size(), document.after.size()));
    int was = 0, is = 0;
    for (const ChangedBlock &block : *blocks) {
        appendEqual(document, was, is, block.before - was);
        document.changes.append(int(document.rows.size()));
        const int pairs = std::min(block.beforeCount, block.afterCount);
        for (int i = 0; i < pairs; ++i)
            document.rows.append({DiffRow::Kind::Changed, block.before + i, block.after + i});
        for (int i = pairs; i < block.beforeCount; ++i)
            document.rows.append({DiffRow::Kind::Removed, block.before + i, -1});
        for (int i = pairs; i < block.afterCount; ++i)
            document.rows.append({DiffRow::Kind::Added, -1, block.after + i});
        document.removed += block.beforeCount;
        document.added += block.afterCount;
        was = block.before + block.beforeCount;
        is = block.after + block.afterCount;
    }
    appendEqual(document, was, is, int(document.before.size()) - was);
    return document;
}

QList<ShownRow> shownRows(const DiffDocument &document, DiffLayout layout, int context, const QSet<int> &open)
{
    using Kind = DiffRow::Kind;
    using Side = ShownRow::Side;
    constexpr int NotWorthAFold = 2;
    QList<ShownRow> shown;
    const QList<DiffRow> &rows = document.rows;
    const int count = int(rows.size());
    const auto endOf = [&](int from, bool equal) {
        while (from < count && (rows[from].kind == Kind::Equal) == equal)
            ++from;
        return from;
    };
    for (int at = 0; at < count;) {
        if (rows[at].kind == Kind::Equal) {
            const int end = endOf(at, true);
            const int first = at == 0 ? 0 : at + context;          // hidden from here …
            const int last = end == count ? count : end - context; // … to here
            const bool folds = context >= 0 && last - first > NotWorthAFold && !open.contains(first);
            for (int i = at; i < end; ++i) {
                if (folds && i == first) {
                    shown.append(ShownRow{first, last - first});
                    i = last - 1;
                } else {
                    shown.append(ShownRow{i});
                }
            }
            at = end;
            continue;
        }
        const int end = endOf(at, false);
        if (layout == DiffLayout::SideBySide) {
            for (int i = at; i < end; ++i)
                shown.append(ShownRow{i});
        } else {
            for (int i = at; i < end; ++i)
                if (rows[i].before >= 0)
                    shown.append(ShownRow{i, 0, Side::Before});
            for (int i = at; i < end; ++i)
                if (rows[i].after >= 0)
                    shown.append(ShownRow{i, 0, Side::After});
        }
        at = end;
    }
    return shown;
}

QList<TextMatch> findText(const DiffDocument &document, const QString &text)
{
    QList<TextMatch> matches;
    if (text.isEmpty())
        return matches;
    const auto sensitivity = text == text.toLower() ? Qt::CaseInsensitive : Qt::CaseSensitive;
    const auto find = [&](const QString &line, int row, bool isAfter) {
        for (qsizetype at = line.indexOf(text, 0, sensitivity); at >= 0;
             at = line.indexOf(text, at + text.size(), sensitivity))
            matches.append({row, isAfter, int(at), int(text.size())});
    };
    for (int row = 0; row < int(document.rows.size()); ++row) {
        const DiffRow &one = document.rows[row];
        if (one.before >= 0 && one.kind != DiffRow::Kind::Equal)
            find(document.before[one.before], row, false);
        if (one.after >= 0)
            find(document.after[one.after], row, true);
    }
    return matches;
}

} // namespace paddock::types
