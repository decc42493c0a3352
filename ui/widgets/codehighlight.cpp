// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codehighlight.h"

#include <KSyntaxHighlighting/AbstractHighlighter>
#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/State>
#include <KSyntaxHighlighting/Theme>
#include <QPromise>
#include <QThreadPool>
#include <QtConcurrentRun>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int LinesOfAChunk = 1000;
constexpr qsizetype LongestLine = 4000; ///< beyond, nobody reads

using Style = KSyntaxHighlighting::Theme::TextStyle;
static_assert(size_t(Style::Error) < CodeColours::StyleCount);

/// A repository reads its definitions when they are first asked for, so only the pool's one thread may use it.
struct Shelf
{
    KSyntaxHighlighting::Repository repository;
    CodeColours colours;

    Shelf()
    {
        const auto light = repository.theme(u"GitHub Light"_s);
        const auto dark = repository.theme(u"GitHub Dark"_s);
        for (size_t style = 0; style <= size_t(Style::Error); ++style) {
            colours.light[style] = light.textColor(Style(style));
            colours.dark[style] = dark.textColor(Style(style));
            colours.bold[style] = light.isBold(Style(style));
        }
        colours.light[0] = colours.dark[0] = 0; // plain text has the colour of the window's
    }
};

Shelf &shelf()
{
    static Shelf instance;
    return instance;
}

QThreadPool &pool()
{
    static QThreadPool instance;
    static const bool isSet = [] {
        instance.setMaxThreadCount(1);
        return true;
    }();
    Q_UNUSED(isSet)
    return instance;
}

class Highlighter final : public KSyntaxHighlighting::AbstractHighlighter
{
public:
    explicit Highlighter(const KSyntaxHighlighting::Definition &definition) { setDefinition(definition); }

    void highlight(const QString &line, CodeChunk &chunk)
    {
        m_spans = &chunk.spans;
        m_lineStart = chunk.spans.size();
        m_state = highlightLine(line, m_state);
        chunk.ends.push_back(int(chunk.spans.size()));
    }

protected:
    void applyFormat(int offset, int length, const KSyntaxHighlighting::Format &format) override
    {
        const auto style = quint8(format.textStyle());
        if (length == 0 || style == 0)
            return;
        std::vector<CodeSpan> &spans = *m_spans;
        if (spans.size() > m_lineStart && spans.back().style == style &&
            spans.back().start + spans.back().length == offset)
            spans.back().length += length;
        else
            spans.push_back({offset, length, style});
    }

private:
    KSyntaxHighlighting::State m_state;
    std::vector<CodeSpan> *m_spans = nullptr;
    size_t m_lineStart = 0;
};

void run(QPromise<CodeChunkPointer> &promise, const QList<QStringList> &texts, const QString &fileName)
{
    const auto definition = shelf().repository.definitionForFileName(fileName);
    if (!definition.isValid())
        return;
    std::vector<std::unique_ptr<Highlighter>> highlighters;
    qsizetype longest = 0;
    for (const QStringList &text : texts) {
        highlighters.push_back(std::make_unique<Highlighter>(definition));
        longest = std::max(longest, text.size());
    }
    for (qsizetype first = 0; first < longest; first += LinesOfAChunk)
        for (qsizetype one = 0; one < texts.size(); ++one) {
            if (promise.isCanceled())
                return;
            const QStringList &lines = texts[one];
            const qsizetype end = std::min<qsizetype>(first + LinesOfAChunk, lines.size());
            if (end <= first)
                continue;
            const auto chunk = std::make_shared<CodeChunk>();
            chunk->text = int(one);
            chunk->first = int(first);
            chunk->ends.reserve(size_t(end - first));
            for (qsizetype i = first; i < end; ++i)
                highlighters[size_t(one)]->highlight(
                    lines[i].size() > LongestLine ? lines[i].first(LongestLine) : lines[i], *chunk);
            promise.addResult(chunk);
        }
}

} // namespace

void CodeSpans::clear()
{
    m_chunks.clear();
    m_lines = 0;
}

void CodeSpans::append(const CodeChunkPointer &chunk)
{
    m_chunks.push_back(chunk);
    m_lines = chunk->first + int(chunk->ends.size());
}

std::span<const CodeSpan> CodeSpans::of(int line) const
{
    if (line < 0 || line >= m_lines)
        return {};
    const CodeChunk &chunk = *m_chunks[size_t(line / LinesOfAChunk)];
    const auto at = size_t(line - chunk.first);
    const int from = at == 0 ? 0 : chunk.ends[at - 1];
    return std::span(chunk.spans).subspan(size_t(from), size_t(chunk.ends[at] - from));
}

QFuture<CodeChunkPointer> highlightCode(const QList<QStringList> &texts, const QString &fileName)
{
    return QtConcurrent::run(&pool(), &run, texts, fileName);
}

const CodeColours &codeColours()
{
    return shelf().colours;
}

} // namespace paddock::ui
