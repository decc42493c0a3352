// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "syntax/parser.h"

#include "syntax/textdifference.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <tree_sitter/api.h>
#include <utility>

extern "C" {
const TSLanguage *tree_sitter_typescript();
const TSLanguage *tree_sitter_tsx();
}

namespace paddock::syntax {

using namespace Qt::StringLiterals;

namespace {

TSPoint pointAt(QByteArrayView text, qsizetype offset)
{
    const auto before = text.first(offset);
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {static_cast<uint32_t>(lineBreaksIn(before)), static_cast<uint32_t>(offset - lineStart)};
}

/// Where a text ends that begins at `from`.
TSPoint moved(TSPoint from, QByteArrayView text)
{
    const TSPoint end = pointAt(text, text.size());
    return {from.row + end.row, end.row == 0 ? from.column + end.column : end.column};
}

/// The smallest single edit that leads from one text to the other.
TSInputEdit editBetween(QByteArrayView before, QByteArrayView after)
{
    const auto [prefix, suffix] = commonEnds(before, after);
    const qsizetype oldEnd = before.size() - suffix, newEnd = after.size() - suffix;
    const TSPoint start = pointAt(before, prefix);
    return {.start_byte = static_cast<uint32_t>(prefix),
            .old_end_byte = static_cast<uint32_t>(oldEnd),
            .new_end_byte = static_cast<uint32_t>(newEnd),
            .start_point = start,
            .old_end_point = moved(start, before.sliced(prefix, oldEnd - prefix)),
            .new_end_point = moved(start, after.sliced(prefix, newEnd - prefix))};
}

/// The edit itself, widened by all places whose structure changed with it.
Difference differenceOf(const TSInputEdit &edit, const TSTree *edited, const TSTree *now)
{
    Difference result{.start = edit.start_byte,
                      .oldEnd = edit.old_end_byte,
                      .newEnd = edit.new_end_byte,
                      .lines = static_cast<int>(edit.new_end_point.row) - static_cast<int>(edit.old_end_point.row)};
    uint32_t count = 0;
    TSRange *ranges = ts_tree_get_changed_ranges(edited, now, &count);
    for (uint32_t i = 0; i < count; ++i) {
        result.start = std::min(result.start, ranges[i].start_byte);
        if (ranges[i].end_byte > result.newEnd) {
            result.oldEnd += ranges[i].end_byte - result.newEnd;
            result.newEnd = ranges[i].end_byte;
        }
    }
    std::free(ranges);
    return result;
}

} // namespace

std::optional<Language> languageOf(QStringView fileName)
{
    static constexpr std::array typeScript = {".ts"_L1, ".mts"_L1, ".cts"_L1};
    static constexpr std::array other = {".tsx"_L1, ".js"_L1, ".mjs"_L1, ".cjs"_L1, ".jsx"_L1};
    const auto ends = [fileName](QLatin1StringView ending) { return fileName.endsWith(ending); };
    if (std::ranges::any_of(typeScript, ends))
        return Language::TypeScript;
    if (std::ranges::any_of(other, ends))
        return Language::Tsx;
    return {};
}

Tree::Tree(TSTree *tree, QByteArray source, Language language, std::optional<Difference> difference)
    : m_tree(tree), m_source(std::move(source)), m_language(language), m_difference(difference)
{}

Tree::~Tree()
{
    ts_tree_delete(m_tree);
}

Tree::Tree(Tree &&other) noexcept
    : m_tree(std::exchange(other.m_tree, nullptr)),
      m_source(std::move(other.m_source)),
      m_language(other.m_language),
      m_difference(other.m_difference)
{}

Tree &Tree::operator=(Tree &&other) noexcept
{
    std::swap(m_tree, other.m_tree);
    std::swap(m_source, other.m_source);
    std::swap(m_language, other.m_language);
    std::swap(m_difference, other.m_difference);
    return *this;
}

bool Tree::hasError() const
{
    return ts_node_has_error(ts_tree_root_node(m_tree));
}

std::shared_ptr<const Tree> Tree::over(QByteArray source) const
{
    Q_ASSERT(source.size() == m_source.size());
    return std::make_shared<const Tree>(ts_tree_copy(m_tree), std::move(source), m_language, m_difference);
}

Parser::Parser() : m_parser(ts_parser_new()) {}

Parser::~Parser()
{
    ts_parser_delete(m_parser);
}

TSTree *Parser::parsed(const QByteArray &source, Language language, const TSTree *old)
{
    ts_parser_set_language(m_parser, language == Language::Tsx ? tree_sitter_tsx() : tree_sitter_typescript());
    // Recovery from errors can take time beyond measure on text that is no program: 2 s and 1 s more for each MB.
    ts_parser_set_timeout_micros(m_parser, 2'000'000 + static_cast<uint64_t>(source.size()));
    TSTree *tree = ts_parser_parse_string(m_parser, old, source.constData(), static_cast<uint32_t>(source.size()));
    ts_parser_reset(m_parser);
    return tree;
}

std::shared_ptr<const Tree> Parser::upon(const QByteArray &source, const Tree &previous)
{
    TSTree *edited = ts_tree_copy(previous.handle());
    const TSInputEdit edit = editBetween(previous.source(), source);
    ts_tree_edit(edited, &edit);
    TSTree *tree = parsed(source, previous.language(), edited);
    auto result =
        tree ? std::make_shared<const Tree>(tree, source, previous.language(), differenceOf(edit, edited, tree))
             : nullptr;
    ts_tree_delete(edited);
    return result;
}

std::shared_ptr<const Tree> Parser::parse(const QByteArray &source, Language language, const Tree *previous)
{
    if (source.size() > std::numeric_limits<int32_t>::max())
        return {};
    // How errors are recovered from depends on the way that led there; the result must not.
    if (previous && previous->language() == language && !previous->hasError()) {
        if (auto tree = upon(source, *previous); tree && !tree->hasError())
            return tree;
    }
    TSTree *tree = parsed(source, language, nullptr);
    return tree ? std::make_shared<const Tree>(tree, source, language) : nullptr;
}

std::shared_ptr<const Tree> Parser::stillWrong(const QByteArray &source, const Tree &previous)
{
    auto tree = upon(source, previous);
    return tree && tree->hasError() ? tree : nullptr;
}

} // namespace paddock::syntax
