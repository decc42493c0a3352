// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/routesview.h"

#include "delegates/treedelegate.h"
#include "models/roles.h"
#include "source.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "views/tables.h"
#include "widgets/jsonedit.h"
#include "widgets/misc.h"
#include "widgets/paint.h"
#include "words.h"

#include <QHeaderView>
#include <QJsonDocument>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

constexpr int HistoryLength = 50;
enum HistoryRole { InputRole = Qt::UserRole + 1, BodyRole, FactsRole, StatusRole, ToneRole };

QString pretty(const QJsonValue &value)
{
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson());
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson());
    if (value.isUndefined() || value.isNull())
        return u"null"_s;
    // A bare value: as an array of one, without the brackets.
    const QString text = QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
    return text.sliced(1, text.size() - 2);
}

// Bodies that are JSON in a string are shown as JSON.
QString bodyText(const QJsonValue &body)
{
    if (!body.isString())
        return pretty(body);
    const QJsonDocument document = QJsonDocument::fromJson(body.toString().toUtf8());
    return document.isNull() ? body.toString() : QString::fromUtf8(document.toJson());
}

QLabel *sectionLabel(const QString &text, QWidget *parent)
{
    auto *label = mutedLabel(text, parent);
    QFont font = label->font();
    font.setWeight(QFont::Medium);
    label->setFont(font);
    return label;
}

class HistoryDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &t = Theme::tokens();
        painter->save();
        paint::rowGround(painter, option);
        const auto tone = words::Tone(index.siblingAtColumn(0).data(ToneRole).toInt());
        paint::text(painter, QRectF(option.rect).adjusted(8, 0, -4, 0), index.data().toString(), Theme::uiFont(),
                    index.column() == 0   ? t.text
                    : index.column() == 1 ? words::ink(tone)
                                          : t.muted,
                    Qt::AlignLeft, Qt::ElideMiddle);
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {60, qMax(26, QFontMetrics(Theme::uiFont()).height() + 9)};
    }
};

} // namespace

RoutesView::RoutesView(SourceModels *models, QWidget *parent)
    : QWidget(parent),
      m_models(models),
      m_edit(new FilterEdit(tr("Filter routes"), this)),
      m_list(new QTreeView(this)),
      m_name(new ElidedLabel({}, this, Qt::ElideMiddle)),
      m_detail(mutedLabel({}, this)),
      m_input(new JsonEdit(this)),
      m_inputError(new QLabel(this)),
      m_send(new QPushButton(tr("Send"), this)),
      m_status(new QLabel(this)),
      m_facts(mutedLabel({}, this)),
      m_output(new JsonEdit(this)),
      m_history(new QTreeWidget(this))
{
    m_filter.setSourceModel(&models->routes);
    m_filter.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_edit->setObjectName(u"routeFilter"_s);
    m_edit->setView(m_list);
    m_list->setObjectName(u"routeList"_s);
    m_list->setAccessibleName(tr("Routes"));
    m_list->setModel(&m_filter);
    m_list->setItemDelegate(new TreeDelegate(m_list));
    m_list->setHeaderHidden(true);
    setUpList(m_list);
    m_list->setIndentation(8);
    m_list->hideColumn(models::RouteModel::Handler);
    (new EmptyState(u"route"_s, tr("No routes"), tr("Routes that the workspace defines with defineRoute appear here."),
                    this))
        ->watch(m_list);

    m_name->setFont(Theme::titleFont());
    m_name->setObjectName(u"routeName"_s);
    m_input->setObjectName(u"routeInput"_s);
    m_input->setAccessibleName(tr("Input as JSON"));
    m_input->setPlaceholderText(u"{}"_s);
    m_inputError->setFont(Theme::smallFont());
    m_inputError->setObjectName(u"routeInputError"_s);
    m_send->setObjectName(u"routeSend"_s);
    m_send->setDefault(true);
    m_send->setAutoDefault(false);
    m_status->setObjectName(u"routeStatus"_s);
    m_status->setFont(Theme::strongFont());
    m_facts->setObjectName(u"routeFacts"_s);
    m_output->setObjectName(u"routeOutput"_s);
    m_output->setAccessibleName(tr("Response"));
    m_output->setReadOnly(true);
    m_output->setPlaceholderText(tr("The response appears here."));
    m_history->setObjectName(u"routeHistory"_s);
    m_history->setAccessibleName(tr("Calls made"));
    m_history->setHeaderLabels({tr("Calls made"), tr("Status"), tr("Time")});
    m_history->setItemDelegate(new HistoryDelegate(m_history));
    setUpList(m_history);
    m_history->header()->setStretchLastSection(false);
    m_history->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_history->header()->resizeSection(1, 60);
    m_history->header()->resizeSection(2, 72);

    auto *listSide = new QWidget(this);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(8, 8, 8, 8);
    filterRow->addWidget(m_edit);
    auto *listColumn = new QVBoxLayout(listSide);
    listColumn->setContentsMargins(0, 0, 0, 0);
    listColumn->setSpacing(0);
    listColumn->addLayout(filterRow);
    listColumn->addWidget(new Rule(Qt::Horizontal, this));
    listColumn->addWidget(m_list, 1);

    auto *inputSide = new QWidget(this);
    auto *sendRow = new QHBoxLayout;
    sendRow->addWidget(m_inputError, 1);
    sendRow->addWidget(m_send);
    auto *inputColumn = new QVBoxLayout(inputSide);
    inputColumn->setContentsMargins(16, 12, 16, 12);
    inputColumn->addWidget(m_name);
    inputColumn->addWidget(m_detail);
    inputColumn->addSpacing(4);
    inputColumn->addWidget(sectionLabel(tr("Input (JSON)"), this));
    inputColumn->addWidget(m_input, 1);
    inputColumn->addLayout(sendRow);

    auto *outputSide = new QWidget(this);
    auto *statusRow = new QHBoxLayout;
    statusRow->setSpacing(12);
    statusRow->addWidget(sectionLabel(tr("Response"), this));
    statusRow->addWidget(m_status);
    statusRow->addWidget(m_facts, 1);
    auto *outputColumn = new QVBoxLayout(outputSide);
    outputColumn->setContentsMargins(16, 8, 16, 12);
    outputColumn->addLayout(statusRow);
    outputColumn->addWidget(m_output, 1);

    auto *trySide = new QSplitter(Qt::Vertical, this);
    trySide->setObjectName(u"routeTrySplitter"_s);
    trySide->setChildrenCollapsible(false);
    trySide->addWidget(inputSide);
    trySide->addWidget(outputSide);
    trySide->setSizes({190, 250});
    trySide->setStretchFactor(1, 1);
    auto *across = new QSplitter(Qt::Horizontal, this);
    across->setObjectName(u"routeSplitter"_s);
    across->setChildrenCollapsible(false);
    auto *left = new QSplitter(Qt::Vertical, this);
    left->setObjectName(u"routeListSplitter"_s);
    left->setChildrenCollapsible(false);
    left->addWidget(listSide);
    left->addWidget(m_history);
    left->setSizes({300, 130});
    left->setStretchFactor(0, 1);
    across->addWidget(left);
    across->addWidget(trySide);
    across->setSizes({280, 480});
    across->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(across);

    connect(m_edit, &QLineEdit::textChanged, &m_filter, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &RoutesView::showCurrent);
    connect(m_list, &QTreeView::activated, this, [this] { m_input->setFocus(Qt::TabFocusReason); });
    connect(m_input, &JsonEdit::submitted, this, &RoutesView::send);
    connect(m_input, &QPlainTextEdit::textChanged, this, &RoutesView::refreshSend);
    connect(m_send, &QPushButton::clicked, this, &RoutesView::send);
    connect(m_history, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        if (!item)
            return;
        showRoute(item->text(0));
        m_input->setPlainText(item->data(0, InputRole).toString());
        showResponse(item->data(0, StatusRole).toString(), item->data(0, ToneRole).toInt(),
                     item->data(0, FactsRole).toString(), item->data(0, BodyRole).toString());
    });
    connect(&models->routes, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!m_list->currentIndex().isValid())
            m_list->setCurrentIndex(m_filter.index(0, 0));
    });
    connect(&models->routes, &QAbstractItemModel::dataChanged, this, &RoutesView::showCurrent);
    refreshSend();
}

void RoutesView::setSource(Source *source)
{
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    if (source)
        connect(source, &Source::serverChanged, this, &RoutesView::refreshSend);
    m_history->clear();
    m_inputs.clear();
    showResponse({}, int(words::Tone::Neutral), {}, {});
    refreshSend();
}

void RoutesView::showRoute(const QString &name)
{
    const int row = m_models->routes.rowOf(name);
    if (row < 0)
        return;
    if (!m_filter.mapFromSource(m_models->routes.index(row, 0)).isValid())
        m_edit->clear();
    m_list->setCurrentIndex(m_filter.mapFromSource(m_models->routes.index(row, 0)));
}

void RoutesView::showCurrent()
{
    const QModelIndex index = m_list->currentIndex();
    const QString route = index.data(models::RecordRole).toString();
    QString detail = index.data(models::DetailRole).toString();
    if (index.isValid()) {
        const workspace::Route &found = m_models->routes.route(m_filter.mapToSource(index).row());
        if (!found.hasInput)
            detail += u" · "_s + tr("no input schema");
        detail += u" · "_s + (found.line > 0 ? u"%1:%2"_s.arg(found.file).arg(found.line) : found.file);
    }
    m_name->setText(index.isValid() ? route : tr("Choose a route"));
    m_detail->setText(detail);
    if (route != m_route) {
        m_inputs.insert(m_route, m_input->toPlainText());
        m_route = route;
        m_input->setPlainText(m_inputs.value(route, u"{}"_s));
    }
    refreshSend();
}

void RoutesView::refreshSend()
{
    QJsonParseError error;
    const QByteArray text = m_input->toPlainText().toUtf8();
    if (!text.trimmed().isEmpty())
        QJsonDocument::fromJson(
            text.trimmed().startsWith('{') || text.trimmed().startsWith('[') ? text : "[" + text + "]", &error);
    const bool valid = text.trimmed().isEmpty() || error.error == QJsonParseError::NoError;
    QPalette palette = m_inputError->palette();
    palette.setColor(QPalette::WindowText, Theme::tokens().error);
    m_inputError->setPalette(palette);
    m_inputError->setText(valid ? QString()
                                : tr("Not JSON: %1, at character %2").arg(error.errorString()).arg(error.offset + 1));
    const bool running = m_source && m_source->server().agent == session::AgentState::Connected;
    QString why;
    if (m_route.isEmpty())
        why = tr("Choose a route first");
    else if (!running)
        why = tr("The server is not running");
    else if (!valid)
        why = tr("The input is not JSON");
    m_send->setEnabled(why.isEmpty());
    m_send->setToolTip(why.isEmpty() ? tr("Call the route (Ctrl+Return)") : why);
    m_send->setText(m_isSending ? tr("Sending…") : tr("Send"));
}

void RoutesView::send()
{
    if (!m_send->isEnabled() || !m_source || m_isSending)
        return;
    const QString route = m_route;
    const QString input = m_input->toPlainText();
    const QByteArray text = "[" + (input.trimmed().isEmpty() ? QByteArray("{}") : input.toUtf8()) + "]";
    const QJsonValue value = QJsonDocument::fromJson(text).array().first();
    m_isSending = true;
    refreshSend();
    QElapsedTimer clock;
    clock.start();
    m_source->call(route, value).then(this, [this, route, input, clock](const Result<QJsonObject> &result) {
        const double ms = double(clock.nsecsElapsed()) / 1e6;
        m_isSending = false;
        refreshSend();
        finish(route, input, result ? *result : QJsonObject(), ms, result ? QString() : words::error(result.error()));
    });
}

void RoutesView::finish(const QString &route, const QString &input, const QJsonObject &result, double ms,
                        const QString &error)
{
    const int code = result["status"_L1].toInt();
    const bool ok = error.isEmpty() && code < 400;
    const auto tone = ok ? words::Tone::Ok : code >= 400 && code < 500 ? words::Tone::Warn : words::Tone::Error;
    const QString status = error.isEmpty() ? QString::number(code) : tr("Failed");
    const double took = result["ms"_L1].toDouble(ms);
    QStringList facts{words::duration(took)};
    if (const int generation = result["generation"_L1].toInt(); generation > 0)
        facts.append(tr("generation %1").arg(generation));
    const QString body = error.isEmpty() ? bodyText(result["body"_L1]) : error;
    showResponse(status, int(tone), facts.join(u" · "_s), body);

    auto *item = new QTreeWidgetItem({route, status, words::duration(took)});
    item->setData(0, InputRole, input);
    item->setData(0, BodyRole, body);
    item->setData(0, FactsRole, facts.join(u" · "_s));
    item->setData(0, StatusRole, status);
    item->setData(0, ToneRole, int(tone));
    item->setToolTip(0, words::clock(QDateTime::currentDateTimeUtc()));
    m_history->insertTopLevelItem(0, item);
    while (m_history->topLevelItemCount() > HistoryLength)
        delete m_history->takeTopLevelItem(m_history->topLevelItemCount() - 1);
}

void RoutesView::showResponse(const QString &status, int tone, const QString &facts, const QString &body)
{
    m_status->setText(status);
    QPalette palette = m_status->palette();
    palette.setColor(QPalette::WindowText, words::ink(words::Tone(tone)));
    m_status->setPalette(palette);
    m_facts->setText(facts);
    m_output->setPlainText(body);
}

} // namespace paddock::ui
