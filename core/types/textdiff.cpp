// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/textdiff.h"

#include <algorithm>
#include <git2.h>
#include <limits>

namespace paddock::types {

using namespace Qt::StringLiterals;

namespace {

/// Lines in a block of changes beyond which nobody compares words.
constexpr qsizetype LongestBlock = 200;
constexpr qsizetype LongestLine = 2000;

struct Library
{
    Library() { git_libgit2_init(); }
    ~Library() { git_libgit2_shutdown(); }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;
};

void useLibrary()
{
    static const Library library;
}

QString textOf(const git_diff_line *line)
{
    size_t length = line->content_len;
    while (length > 0 && (line->content[length - 1] == '\n' || line->content[length - 1] == '\r'))
        --length;
    return QString::fromUtf8(line->content, qsizetype(length));
}

struct Collector
{
    TextDiff *diff;
    bool binary = false;
};

int onBinary(const git_diff_delta *, const git_diff_binary *, void *payload)
{
    static_cast<Collector *>(payload)->binary = true;
    return 0;
}

int onHunk(const git_diff_delta *, const git_diff_hunk *hunk, void *payload)
{
    static_cast<Collector *>(payload)->diff->hunks.append({.before = hunk->old_start,
                                                           .after = hunk->new_start,
                                                           .beforeCount = hunk->old_lines,
                                                           .afterCount = hunk->new_lines});
    return 0;
}

int onLine(const git_diff_delta *, const git_diff_hunk *, const git_diff_line *line, void *payload)
{
    TextDiff &diff = *static_cast<Collector *>(payload)->diff;
    DiffLine::Kind kind = DiffLine::Kind::Equal;
    switch (line->origin) {
    case GIT_DIFF_LINE_CONTEXT: break;
    case GIT_DIFF_LINE_ADDITION: kind = DiffLine::Kind::Added; break;
    case GIT_DIFF_LINE_DELETION: kind = DiffLine::Kind::Removed; break;
    default: return 0; // about the end of the file
    }
    diff.added += kind == DiffLine::Kind::Added;
    diff.removed += kind == DiffLine::Kind::Removed;
    diff.hunks.last().lines.append(
        {kind, std::max(0, line->old_lineno), std::max(0, line->new_lineno), textOf(line), {}});
    return 0;
}

/// Words, runs of spaces, and single other characters.
QList<TextRange> tokensOf(const QString &text)
{
    const auto kindOf = [](QChar c) {
        return c.isLetterOrNumber() || c == u'_' || c == u'$' ? 1 : c.isSpace() ? 2 : 0;
    };
    QList<TextRange> tokens;
    for (int at = 0; at < text.size();) {
        int end = at + 1;
        if (const int kind = kindOf(text[at]); kind != 0)
            while (end < text.size() && kindOf(text[end]) == kind)
                ++end;
        tokens.append({at, end - at});
        at = end;
    }
    return tokens;
}

/// One token a line: so the differences of words come from the same library.
QByteArray asLines(const QString &text, const QList<TextRange> &tokens)
{
    QByteArray lines;
    for (const TextRange &token : tokens)
        lines += QStringView(text).mid(token.start, token.length).toUtf8() + '\n';
    return lines;
}

Result<TextDiff> compare(const QByteArray &before, const QByteArray &after, int context)
{
    useLibrary();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.context_lines = uint32_t(std::max(0, context));
    options.interhunk_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT;
    TextDiff diff;
    Collector collector{&diff};
    const int status =
        git_diff_buffers(before.constData(), size_t(before.size()), nullptr, after.constData(), size_t(after.size()),
                         nullptr, &options, nullptr, onBinary, onHunk, onLine, &collector);
    if (status != 0 || collector.binary) {
        const git_error *error = git_error_last();
        return fail(u"not-text"_s, u"The files cannot be compared as texts."_s, {}, {},
                    error ? QString::fromUtf8(error->message) : QString());
    }
    return diff;
}

int onBlock(const git_diff_delta *, const git_diff_hunk *hunk, void *payload)
{
    // A side without lines is said to begin after the line before.
    static_cast<QList<ChangedBlock> *>(payload)->append({.before = hunk->old_start - (hunk->old_lines > 0 ? 1 : 0),
                                                         .after = hunk->new_start - (hunk->new_lines > 0 ? 1 : 0),
                                                         .beforeCount = hunk->old_lines,
                                                         .afterCount = hunk->new_lines});
    return 0;
}

void append(QList<TextRange> &ranges, const TextRange &range)
{
    if (!ranges.isEmpty() && ranges.last().start + ranges.last().length == range.start)
        ranges.last().length += range.length;
    else
        ranges.append(range);
}

/// Removed lines and the added ones that follow them are the same lines, changed, in order.
void markInline(DiffHunk &hunk)
{
    qsizetype at = 0;
    while (at < hunk.lines.size()) {
        qsizetype removed = at;
        while (removed < hunk.lines.size() && hunk.lines[removed].kind == DiffLine::Kind::Removed)
            ++removed;
        qsizetype added = removed;
        while (added < hunk.lines.size() && hunk.lines[added].kind == DiffLine::Kind::Added)
            ++added;
        const qsizetype pairs = std::min(removed - at, added - removed);
        for (qsizetype i = 0; i < pairs && added - at <= LongestBlock; ++i) {
            DiffLine &was = hunk.lines[at + i];
            DiffLine &is = hunk.lines[removed + i];
            const InlineMarks marks = diffWords(was.text, is.text);
            was.marks = marks.before;
            is.marks = marks.after;
        }
        at = std::max(added, at + 1);
    }
}

} // namespace

InlineMarks diffWords(const QString &before, const QString &after)
{
    if (before.size() > LongestLine || after.size() > LongestLine)
        return {};
    const QList<TextRange> was = tokensOf(before);
    const QList<TextRange> is = tokensOf(after);
    const auto diff = compare(asLines(before, was), asLines(after, is), 0);
    if (!diff)
        return {};
    InlineMarks marks;
    qsizetype changed = 0;
    for (const DiffHunk &hunk : diff->hunks)
        for (const DiffLine &line : hunk.lines) {
            const bool removed = line.kind == DiffLine::Kind::Removed;
            const TextRange token = removed ? was.value(line.before - 1) : is.value(line.after - 1);
            append(removed ? marks.before : marks.after, token);
            changed += token.length;
        }
    if (changed * 3 > (before.size() + after.size()) * 2)
        return {}; // another line altogether
    return marks;
}

Result<QList<ChangedBlock>> changedBlocks(const QByteArray &before, const QByteArray &after)
{
    if (before.contains('\0') || after.contains('\0'))
        return fail(u"not-text"_s, u"The files are no texts."_s);
    useLibrary();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.context_lines = 0;
    options.interhunk_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT;
    QList<ChangedBlock> blocks;
    if (git_diff_buffers(before.constData(), size_t(before.size()), nullptr, after.constData(), size_t(after.size()),
                         nullptr, &options, nullptr, nullptr, onBlock, nullptr, &blocks) != 0)
        return fail(u"not-text"_s, u"The files cannot be compared as texts."_s);
    return blocks;
}

Result<LineCounts> countLines(const QByteArray &before, const QByteArray &after)
{
    const auto blocks = changedBlocks(before, after);
    if (!blocks)
        return std::unexpected(blocks.error());
    LineCounts counts;
    for (const ChangedBlock &block : *blocks) {
        counts.removed += block.beforeCount;
        counts.added += block.afterCount;
    }
    return counts;
}

Result<TextDiff> diffTexts(const QByteArray &before, const QByteArray &after, int context)
{
    if (before.contains('\0') || after.contains('\0'))
        return fail(u"not-text"_s, u"The files are no texts."_s);
    const auto countLines = [](const QByteArray &text) {
        return int(text.count('\n')) + (text.isEmpty() || text.endsWith('\n') ? 0 : 1);
    };
    Result<TextDiff> diff = compare(before, after, context);
    if (!diff)
        return diff;
    diff->beforeLines = countLines(before);
    diff->afterLines = countLines(after);
    for (DiffHunk &hunk : diff->hunks)
        markInline(hunk);
    return diff;
}

} // namespace paddock::types
