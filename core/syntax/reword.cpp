// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/reword.h"

#include <QByteArrayList>
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace paddock::syntax {

namespace {

constexpr qsizetype longestArguments = 4000;

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isWordChar(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || (c & 0x80);
}

template <size_t N>
bool isOneOf(QByteArrayView word, const std::array<const char *, N> &words)
{
    return std::ranges::any_of(words, [word](const char *w) { return word == w; });
}

/// Goes through the tokens once, roughly: only what is code may be reworded, not what stands in texts and comments.
class Rewording final
{
public:
    explicit Rewording(QByteArrayView text) : m_text(text) { m_result.text.reserve(text.size() + 16); }

    Reworded run()
    {
        while (m_at < m_text.size()) {
            if (!m_templates.empty() && m_templates.back().inText)
                templateText();
            else
                code();
        }
        m_result.names = m_result.text;
        QByteArrayList known;
        for (const auto &[end, word] : m_masked) {
            m_result.names[end - 1] = word.back();
            const QByteArray standIn = m_result.text.sliced(end - word.size(), word.size());
            if (known.contains(standIn))
                continue;
            known.append(standIn);
            m_result.namesFollow &= !m_text.contains(standIn);
        }
        return std::move(m_result);
    }

private:
    struct Template
    {
        bool wrapped = false; ///< parentheses were put around it
        bool inText = true;   ///< else in a ${…} of it
        int braces = 0;       ///< open ones in that
    };

    [[nodiscard]] char peek(qsizetype more = 0) const
    {
        return m_at + more < m_text.size() ? m_text[m_at + more] : '\0';
    }
    void copy(qsizetype count)
    {
        const QByteArrayView part = m_text.sliced(m_at, std::min(count, m_text.size() - m_at));
        m_line += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
        m_result.text += part;
        m_at += part.size();
    }
    void leaveOut(qsizetype count) ///< all but its line ends
    {
        for (const qsizetype end = std::min(m_at + count, m_text.size()); m_at < end; ++m_at) {
            if (m_text[m_at] == '\n') {
                m_result.text += '\n';
                ++m_line;
            }
        }
    }
    [[nodiscard]] qsizetype spacesAt(qsizetype at) const
    {
        qsizetype count = 0;
        while (at + count < m_text.size() && isSpace(m_text[at + count]))
            ++count;
        return count;
    }
    [[nodiscard]] QByteArrayView wordAt(qsizetype at) const
    {
        qsizetype end = at;
        while (end < m_text.size() && isWordChar(m_text[end]))
            ++end;
        return at < m_text.size() ? m_text.sliced(at, end - at) : QByteArrayView();
    }
    void token(char last, QByteArrayView word = {})
    {
        m_word = word;
        m_last = last;
    }

    void templateText()
    {
        Template &top = m_templates.back();
        if (peek() == '\\') {
            copy(2);
        } else if (peek() == '$' && peek(1) == '{') {
            copy(2);
            top.inText = false;
            token('{');
        } else if (peek() == '`') {
            copy(1);
            if (top.wrapped)
                m_result.text += ')';
            m_templates.pop_back();
            token('`');
        } else {
            copy(1);
        }
    }

    void code()
    {
        const char c = peek();
        if (isSpace(c)) {
            copy(1);
        } else if (const qsizetype end = commentAt(m_at); end > m_at) {
            if (m_last == '?' && isColonBehind(end)) // { a? /* why */ : b }
                leaveOut(end - m_at);
            else
                copy(end - m_at);
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (c == '`') {
            const bool wrapped = endsWithTypeArguments();
            if (wrapped)
                m_result.text += '(';
            copy(1);
            m_templates.push_back({.wrapped = wrapped});
        } else if (c == '/' && beginsExpression()) {
            regex();
        } else if (isWordChar(c)) {
            word(wordAt(m_at));
        } else {
            if (c == '{' && !m_templates.empty())
                ++m_templates.back().braces;
            if (c == '}' && !m_templates.empty() && m_templates.back().braces-- == 0) {
                m_templates.back().inText = true;
                m_templates.back().braces = 0;
            }
            copy(1);
            token(c);
        }
    }

    /// Where the comment ends that begins here; `at`: there is none.
    [[nodiscard]] qsizetype commentAt(qsizetype at) const
    {
        const QByteArrayView start = m_text.sliced(at, std::min<qsizetype>(2, m_text.size() - at));
        if (start != "//" && start != "/*")
            return at;
        const qsizetype close = m_text.indexOf(start == "//" ? QByteArrayView("\n") : QByteArrayView("*/"), at + 2);
        return close < 0 ? m_text.size() : start == "//" ? close : close + 2;
    }
    [[nodiscard]] bool isColonBehind(qsizetype at) const
    {
        for (qsizetype next = at + spacesAt(at); next < m_text.size(); next += spacesAt(next)) {
            const qsizetype end = commentAt(next);
            if (end == next)
                return m_text[next] == ':';
            next = end;
        }
        return false;
    }

    void string(char quote)
    {
        qsizetype end = m_at + 1;
        while (end < m_text.size() && m_text[end] != quote && m_text[end] != '\n')
            end += m_text[end] == '\\' ? 2 : 1;
        copy(end + 1 - m_at);
        token(quote);
    }

    void regex()
    {
        qsizetype end = m_at + 1;
        for (bool inClass = false; end < m_text.size() && m_text[end] != '\n'; ++end) {
            const char c = m_text[end];
            if (c == '\\')
                ++end;
            else if (c == '[' || c == ']')
                inClass = c == '[';
            else if (c == '/' && !inClass)
                break;
        }
        copy(end + 1 - m_at);
        token('/', "regex"); // what follows divides
    }

    /// Whether a slash here begins a regular expression; else it divides.
    [[nodiscard]] bool beginsExpression() const
    {
        static constexpr std::array<const char *, 8> words = {"return", "typeof", "case",  "in",
                                                              "of",     "delete", "throw", "void"};
        if (!m_word.isEmpty())
            return isOneOf(m_word, words);
        return m_last == 0 || !QByteArrayView(")]}\"'`").contains(m_last);
    }

    void word(QByteArrayView word)
    {
        const qsizetype behind = m_at + word.size();
        const qsizetype next = behind + spacesAt(behind);
        const char following = next < m_text.size() ? m_text[next] : '\0';
        if (isPlainName(word, next, following)) { // any other name of that size is parsed in the same way
            copy(word.size());
            m_masked.emplace_back(m_result.text.size(), word);
            m_result.text.back() = '_';
        } else if (word == "accessor" && followsModifier()) { // without others before it, the grammar knows it
            leaveOut(word.size());
            return;
        } else if (word == "using" && m_last == '(') { // for (using a of b)
            m_result.text += "var  ";
            m_at = behind;
        } else if (word == "type" && m_word == "export" && following == '*') {
            m_result.typeExports.push_back(m_line);
            leaveOut(word.size());
            return;
        } else if ((word == "in" || word == "out") && (m_last == '<' || m_last == ',') && isName(next) &&
                   wordAt(next) != "extends") { // interface A<in out T>
            leaveOut(word.size());
            return;
        } else if (word == "with" && m_fromExport && following == '{') {
            const qsizetype close = m_text.indexOf('}', next);
            leaveOut((close < 0 ? m_text.size() : close + 1) - m_at);
            return;
        } else if (word == "import" && m_last != '.' && m_word != "await" && following == '(' && typeImport(next)) {
            return;
        } else {
            copy(word.size());
        }
        if (word == "import" || word == "export")
            m_isExport = word == "export";
        m_fromExport = word == "from" && m_isExport;
        token(word.back(), word);
    }

    /// A word that the grammar takes for a keyword in places where it is none.
    [[nodiscard]] bool isPlainName(QByteArrayView word, qsizetype next, char following) const
    {
        static constexpr std::array<const char *, 3> modifiers = {"abstract", "accessor", "using"};
        static constexpr std::array<const char *, 2> operators = {"as", "satisfies"};
        static constexpr std::array<const char *, 14> types = {"abstract", "any",       "boolean", "infer",    "keyof",
                                                               "never",    "number",    "object",  "readonly", "string",
                                                               "symbol",   "undefined", "unique",  "unknown"};
        static constexpr std::array<const char *, 12> before = {"let",    "const",     "var",       "private",
                                                                "public", "protected", "readonly",  "new",
                                                                "yield",  "return",    "namespace", "static"};
        if (isOneOf(word, modifiers)) { // they modify what begins on the same line
            const QByteArrayView gap = m_text.sliced(m_at + word.size(), next - m_at - word.size());
            const bool isWord = isName(next) || (followsModifier() && isWordChar(following));
            return gap.contains('\n') || (!isWord && !QByteArrayView("[{*\"'").contains(following));
        }
        if (isOneOf(word, operators))
            return isOneOf(m_word, before);
        const bool isListed = m_last == '(' || m_last == '[' || m_last == ',' || m_last == '{';
        if (word == "type") // export { type }
            return isListed && (following == ',' || following == '}');
        return isListed && isOneOf(word, types) &&
               (following == ':' || (following == '?' && m_text.sliced(next).startsWith("?:")));
    }

    [[nodiscard]] bool followsModifier() const
    {
        static constexpr std::array<const char *, 4> words = {"static", "override", "abstract", "readonly"};
        return isOneOf(m_word, words);
    }

    /// What comes at `next` is a name, not an operator.
    [[nodiscard]] bool isName(qsizetype next) const
    {
        static constexpr std::array<const char *, 6> operators = {"in", "instanceof", "of", "as", "satisfies", "is"};
        const char c = next < m_text.size() ? m_text[next] : '\0';
        return c == '#' || (isWordChar(c) && !isOneOf(wordAt(next), operators));
    }

    /// import("zod").ZodType<any>, import("./db").User[], f<import("./db").DB>(), typeof import("./db"): the grammar
    /// knows it as a type alone.
    bool typeImport(qsizetype open)
    {
        static constexpr std::array<const char *, 3> methods = {"then", "catch", "finally"};
        const qsizetype from = open + 1 + spacesAt(open + 1);
        const char quote = from < m_text.size() ? m_text[from] : '\0';
        if (quote != '"' && quote != '\'')
            return false;
        const qsizetype to = m_text.indexOf(quote, from + 1);
        if (to < 0)
            return false;
        qsizetype at = to + 1 + spacesAt(to + 1);
        if (at >= m_text.size() || m_text[at] != ')')
            return false;
        const qsizetype end = ++at;
        bool hasMember = false;
        for (;;) {
            at += spacesAt(at);
            if (at >= m_text.size() || m_text[at] != '.')
                break;
            ++at;
            at += spacesAt(at);
            const QByteArrayView member = wordAt(at);
            if (member.isEmpty() || isOneOf(member, methods))
                return false;
            at += member.size();
            hasMember = true;
        }
        const char following = at < m_text.size() ? m_text[at] : '\0';
        const bool isArgument = m_last == '<' || m_last == ',' || m_word == "typeof" || m_word == "keyof";
        if (following == '(' || (!hasMember && m_word != "typeof") ||
            (!isArgument && following != '<' && following != '['))
            return false;
        QByteArray name = "import_";
        for (const char c : m_text.sliced(from + 1, to - from - 1)) { // so that each has its own
            if (isWordChar(c) && c != '$')
                name += c;
            else
                name += '$' + QByteArray::number(static_cast<unsigned char>(c), 16).rightJustified(2, '0');
        }
        m_result.text += name;
        m_result.typeImports.push_back({m_text.sliced(from + 1, to - from - 1).toByteArray(), m_line, name});
        leaveOut(end - m_at);
        token('_', "import_");
        return true;
    }

    /// The text so far ends with type arguments that the grammar would not find in front of a template.
    [[nodiscard]] bool endsWithTypeArguments() const
    {
        const QByteArrayView text = QByteArrayView(m_result.text).trimmed();
        if (m_last != '>' || !text.endsWith('>') || text.endsWith("=>"))
            return false;
        int depth = 0, brackets = 0;
        qsizetype at = text.size() - 1;
        for (const qsizetype first = std::max<qsizetype>(0, text.size() - longestArguments); at >= first; --at) {
            const char c = text[at];
            if (c == '>' && (at == 0 || text[at - 1] != '='))
                ++depth;
            else if (c == '<' && --depth == 0)
                break;
            else if (c == ')' || c == ']' || c == '}')
                ++brackets;
            else if ((c == '(' || c == '[' || c == '{') && --brackets < 0)
                return false;
            else if (c == ';' && brackets == 0)
                return false;
        }
        return depth == 0 && at > 0 && isWordChar(text[at - 1]) && isNoExpression(text.sliced(at + 1).chopped(1));
    }

    /// Arguments that are read as an expression in between < and > make no error, and are left as they are.
    static bool isNoExpression(QByteArrayView arguments)
    {
        static constexpr std::array<const char *, 3> operators = {"typeof", "new", "void"};
        if (arguments.contains('{') || arguments.contains("[]") || arguments.contains("=>"))
            return true;
        QByteArrayView last;
        for (qsizetype at = 0; at < arguments.size();) {
            if (isSpace(arguments[at])) {
                ++at;
                continue;
            }
            const qsizetype start = at;
            while (at < arguments.size() && isWordChar(arguments[at]))
                ++at;
            const QByteArrayView word = arguments.sliced(start, at - start);
            if (!word.isEmpty() && !last.isEmpty() && !isOneOf(last, operators))
                return true; // keyof T
            last = word;
            if (word.isEmpty())
                ++at;
        }
        return false;
    }

    QByteArrayView m_text;
    Reworded m_result;
    qsizetype m_at = 0;
    int m_line = 1;
    std::vector<Template> m_templates;                          ///< those that are open, inner ones last
    std::vector<std::pair<qsizetype, QByteArrayView>> m_masked; ///< names whose last letter was replaced: end, name
    char m_last = 0;                                            ///< the last character of the last token
    QByteArrayView m_word;                                      ///< the last token, where it is a word
    bool m_isExport = false;                                    ///< of import and export, the latter came last
    bool m_fromExport = false;                                  ///< the last word was `from` of an export
};

} // namespace

Reworded reword(const QByteArray &text)
{
    return Rewording(text).run();
}

} // namespace paddock::syntax
