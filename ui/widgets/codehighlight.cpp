// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codehighlight.h"

#include <KSyntaxHighlighting/AbstractHighlighter>
#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/State>
#include <KSyntaxHighlighting/Theme>
#include <QMutex>
#include <QPromise>
#include <QtConcurrentRun>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int LinesOfAChunk = 1000;
constexpr qsizetype LongestLine = 4000; ///< beyond, nobody reads

using Style = KSyntaxHighlighting::Theme::TextStyle;
static_assert(size_t(Style::Error) < CodeColours::StyleCount);

/// A repository reads its definitions when they are first asked for, so one thread at a time may use it.
struct Shelf
{
    QMutex mutex;
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

class Highlighter final : public KSyntaxHighlighting::AbstractHighlighter
{
public:
    explicit Highlighter(const KSyntaxHighlighting::Definition &definition) { setDefinition(definition); }

    std::vector<CodeSpan> highlight(const QString &line)
    {
        m_spans.clear();
        m_state = highlightLine(line, m_state);
        return m_spans;
    }

protected:
    void applyFormat(int offset, int length, const KSyntaxHighlighting::Format &format) override
    {
        const auto style = quint8(format.textStyle());
        if (length == 0 || style == 0)
            return;
        if (!m_spans.empty() && m_spans.back().style == style && m_spans.back().start + m_spans.back().length == offset)
            m_spans.back().length += length;
        else
            m_spans.push_back({offset, length, style});
    }

private:
    KSyntaxHighlighting::State m_state;
    std::vector<CodeSpan> m_spans;
};

void run(QPromise<CodeChunk> &promise, const QStringList &lines, const QString &fileName)
{
    Shelf &all = shelf();
    KSyntaxHighlighting::Definition definition;
    {
        const QMutexLocker lock(&all.mutex);
        definition = all.repository.definitionForFileName(fileName);
    }
    if (!definition.isValid())
        return;
    Highlighter highlighter(definition);
    for (int first = 0; first < lines.size() && !promise.isCanceled(); first += LinesOfAChunk) {
        CodeChunk chunk{.first = first, .lines = {}};
        const int end = int(std::min<qsizetype>(first + LinesOfAChunk, lines.size()));
        chunk.lines.reserve(size_t(end - first));
        const QMutexLocker lock(&all.mutex);
        for (int i = first; i < end; ++i)
            chunk.lines.push_back(
                highlighter.highlight(lines[i].size() > LongestLine ? lines[i].first(LongestLine) : lines[i]));
        promise.addResult(std::move(chunk));
    }
}

} // namespace

QFuture<CodeChunk> highlightCode(const QStringList &lines, const QString &fileName)
{
    return QtConcurrent::run(&run, lines, fileName);
}

const CodeColours &codeColours()
{
    return shelf().colours;
}

} // namespace paddock::ui
